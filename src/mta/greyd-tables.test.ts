import { expect, test } from 'vitest';
import { uploaded } from './greyd-answers.ts';
import { type GreydTables, startUpload } from './greyd-tables.ts';

const NOW = 1_700_000_000;
const LIFETIMES = { pending: 100, pendingNullSender: 50, valid: 200, pass: 300 };
const line = (to: string, update = NOW): string => `10.1.2;a;${to} 1;${update};10.1.2.3;-;a;FLAGS;1;NULL`;

interface Storing extends GreydTables {
  readonly batches: number[];
  /** What storing waits for. */
  gate: Promise<unknown>;
}

function storing(): Storing {
  const tables: Storing = {
    batches: [],
    gate: Promise.resolve(),
    exportTuples: async function* () {},
    exportPasses: async function* () {},
    importTuples: async (batch) => {
      await tables.gate;
      tables.batches.push(batch.length);
      return batch.length - 1;
    },
    importPasses: (batch) => {
      tables.batches.push(batch.length);
      return Promise.reject(new Error('disk full'));
    },
  };
  return tables;
}

test('lines that are wrong are told of, the others are taken', async () => {
  const upload = startUpload(storing(), 'pending', NOW, LIFETIMES);
  for (const text of [line('a'), 'x', line('b'), line('c', NOW + 301), line('d', NOW + 300)]) void upload.take(text);
  void upload.take(line('e', NOW - 101));
  void upload.take(line('f').replace(' 1;', ` ${NOW + 301};`));
  expect(uploaded(await upload.end()).split('\r\n')).toEqual([
    '700-taken 2 of 7, 1 past the lifetime !',
    '700-line 2 : needs a key and a record with one blank between them !',
    '700-line 4 : time is in the future !',
    '700-line 7 : time is in the future !',
    '700 upload : 3 refused !',
    '',
  ]);
});

test('of many wrong lines only the first are told', async () => {
  const upload = startUpload(storing(), 'valid', NOW, LIFETIMES);
  for (let i = 0; i < 1000; i += 1) void upload.take('x');
  const result = await upload.end();
  expect(result).toMatchObject({ lines: 1000, taken: 0, refused: 1000, failure: undefined });
  expect(result.problems.map(([number]) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

const bounceOf = (age: number): string => `10.1.2;nullsender;b 1;${NOW - age};10.1.2.3;-;nullsender;FLAGS;1;NULL`;
const pass = (age: number): string => `10.1.2.3;a 1;${NOW - age};10.1.2.3;-;a;FLAGS;5;NULL`;

test.for<[table: 'pending' | 'valid' | 'white', text: string, expired: number]>([
  ['pending', line('a', NOW - 100), 0],
  ['pending', line('a', NOW - 101), 1],
  ['pending', bounceOf(50), 0],
  ['pending', bounceOf(51), 1],
  ['valid', line('a', NOW - 200), 0],
  ['valid', line('a', NOW - 201), 1],
  ['valid', bounceOf(200).replace('nullsender', ''), 0],
  ['white', pass(300), 0],
  ['white', pass(301), 1],
])('of %s, %s: %i past its lifetime', async ([table, text, expired]) => {
  const tables = storing();
  const upload = startUpload(tables, table, NOW, LIFETIMES);
  void upload.take(text);
  expect(await upload.end()).toMatchObject({ lines: 1, refused: 0, expired });
  expect(tables.batches).toEqual(expired === 1 ? [] : [1]);
});

test('many lines are stored in batches, one after the other, for which the client is made to wait', async () => {
  const tables = storing();
  const { promise, resolve } = Promise.withResolvers<void>();
  tables.gate = promise;
  const upload = startUpload(tables, 'valid', NOW, LIFETIMES);
  const waits = Array.from({ length: 1201 }, (_, i) => upload.take(line(String(i)))).filter(
    (wait) => wait !== undefined,
  );
  expect(waits).toHaveLength(2);
  const ended = upload.end();
  await new Promise(setImmediate);
  expect(tables.batches).toEqual([]);
  resolve();
  expect(await ended).toMatchObject({ lines: 1201, taken: 1198 });
  expect(tables.batches).toEqual([500, 500, 201]);
});

test('storing that fails is told of, and the rest is not tried', async () => {
  const tables = storing();
  const upload = startUpload(tables, 'white', NOW, LIFETIMES);
  for (let i = 0; i < 501; i += 1) void upload.take(pass(0));
  const result = await upload.end();
  expect(result).toMatchObject({ lines: 501, taken: 0, failure: 'Error: disk full' });
  expect(tables.batches).toEqual([500]);
  expect(uploaded(result)).toBe('700-taken 0 of 501 !\r\n700 upload : ERROR !\r\n');
});

const bounce = (part: string): string => `10.1.2;${part};b 1;${NOW};10.1.2.3;-;nullsender;FLAGS;1;NULL`;

test.for<[table: 'pending' | 'valid', line: string, problems: readonly string[]]>([
  ['pending', bounce('nullsender'), []],
  ['valid', bounce('nullsender'), ['bounces never become valid']],
  ['valid', bounce(''), []],
])('bounces into %s: %s', async ([table, text, problems]) => {
  const upload = startUpload(storing(), table, NOW, LIFETIMES);
  void upload.take(text);
  expect((await upload.end()).problems.map(([, problem]) => problem)).toEqual(problems);
});
