import { expect, test } from 'vitest';
import { inPlaceOfFile, isMissing, readProblem, readText, unreadable } from './read-problem.ts';

test.for<[error: unknown, text: string]>([
  [Object.assign(new Error('ENOENT: no such file or directory, open'), { code: 'ENOENT' }), 'no such file'],
  [Object.assign(new Error('EACCES: permission denied, open'), { code: 'EACCES' }), 'permission denied'],
  [Object.assign(new Error('EISDIR: illegal operation'), { code: 'EISDIR' }), 'it is a directory'],
  [Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }), 'EIO: i/o error'],
  ['odd', 'odd'],
])('%s', ([error, text]) => {
  expect(readProblem(error)).toBe(text);
});

test.for([
  [import.meta.filename, false],
  [`${import.meta.filename}.no`, true],
  [`${import.meta.filename}/x`, true],
] as const)('%s is missing: %s', ([path, missing]) => {
  expect(isMissing(path)).toBe(missing);
});

test.for([
  [import.meta.filename, undefined],
  [import.meta.dirname, 'it is a directory'],
  ['/dev/null', 'it is not a file'],
  [`${import.meta.filename}.no`, 'no such file'],
] as const)('%s can not be read as a file: %s', ([path, problem]) => {
  expect(unreadable(path)).toBe(problem);
});

test.for([
  [import.meta.filename, undefined],
  [import.meta.dirname, 'it is a directory'],
  ['/dev/null', 'it is not a file'],
  [`${import.meta.filename}.no`, undefined],
  [`${import.meta.filename}/x`, undefined],
] as const)('%s has in the place of a file: %s', ([path, found]) => {
  expect(inPlaceOfFile(path)).toBe(found);
});

test('the text of what is no file is not waited for', () => {
  expect(readText(import.meta.filename)).toMatch(/^import /);
  expect(() => readText('/dev/null')).toThrow('it is not a file');
  expect(() => readText(import.meta.dirname)).toThrow('it is a directory');
});
