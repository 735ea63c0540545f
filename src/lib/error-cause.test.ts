import { expect, test } from 'vitest';
import { causeOf, errorCode } from './error-cause.ts';

test.for<[error: unknown, cause: string, code: unknown]>([
  [new Error('why'), 'why', undefined],
  [Object.assign(new Error('why'), { code: 'ENOENT' }), 'why', 'ENOENT'],
  [new AggregateError([new Error('why'), new Error('what')]), 'why; what', undefined],
  [new AggregateError([new Error('why')], 'all of it'), 'all of it', undefined],
  ['odd', 'odd', undefined],
  [{ code: 'ENOENT' }, '[object Object]', undefined],
  [undefined, 'undefined', undefined],
])('%o', ([error, cause, code]) => {
  expect([causeOf(error), errorCode(error)]).toEqual([cause, code]);
});
