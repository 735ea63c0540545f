import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { print } from './print.ts';

test('a text, and pieces of one, arrive whole; the output stays open', async () => {
  const out = new PassThrough();
  const arrived = textOf(out);
  await print({ text: 'one\n' }, out);
  const pieces = async function* (): AsyncGenerator<string> {
    for (let at = 0; at < 1000; at += 1) yield `${at}\n`;
  };
  await print({ text: pieces() }, out);
  out.end('end');
  expect(await arrived).toBe(`one\n${Array.from({ length: 1000 }, (_, at) => `${at}\n`).join('')}end`);
});

test('pieces are not made faster than they are read', async () => {
  const out = new PassThrough();
  let made = 0;
  const pieces = async function* (): AsyncGenerator<string> {
    for (; made < 1000; made += 1) yield 'x'.repeat(10_000);
  };
  const printing = print({ text: pieces() }, out);
  await new Promise((resolve) => setImmediate(resolve));
  expect(made).toBeLessThan(100);
  out.resume();
  await printing;
  expect(made).toBe(1000);
});

test.for<[what: string, exact: boolean, isTTY: boolean, out: string]>([
  ['a listing in a file', false, false, 'a\\u001b[2Jb\n'],
  ['a listing on a terminal', false, true, 'a\\u001b[2Jb\n'],
  ['text for a program', true, false, 'a\u001b[2Jb\n'],
  ['text for a program on a terminal', true, true, 'a\\u001b[2Jb\n'],
])('%s shows control characters', async ([, exact, isTTY, printed]) => {
  const out = Object.assign(new PassThrough(), { isTTY });
  const arrived = textOf(out);
  await print({ text: 'a\u001b[2Jb\n', ...(exact ? { exact } : {}) }, out);
  out.end();
  expect(await arrived).toBe(printed);
});

function broken(code: string): Writable {
  return new Writable({
    write: (_bytes, _encoding, done) => done(Object.assign(new Error(code), { code })),
  });
}

test('a reader that has seen enough is no error; another failure is', async () => {
  await expect(print({ text: 'x' }, broken('EPIPE'))).resolves.toBeUndefined();
  await expect(print({ text: 'x' }, broken('ENOSPC'))).rejects.toThrow('ENOSPC');
});

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-print-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function* numbers(count: number): AsyncGenerator<string> {
  for (let at = 0; at < count; at += 2) yield `${at}\n${at + 1}\n`;
}

/** The numbers, on a terminal where pagers are started by this command: what went to each. */
async function onTerminal(count: number, program: string): Promise<{ readonly pager: string; readonly out: string }> {
  const seen = join(directory, 'seen');
  writeFileSync(seen, '');
  const out = Object.assign(new PassThrough(), { isTTY: true });
  const arrived = textOf(out);
  await print({ text: numbers(count) }, out, program === '' ? [] : [program, '-c', 'cat > "$0"', seen]);
  out.end();
  return { pager: readFileSync(seen, 'utf8'), out: await arrived };
}

test.for<[what: string, count: number, program: string, shownBy: 'pager' | 'out']>([
  ['ten thousand lines', 10_000, 'sh', 'out'],
  ['more', 10_002, 'sh', 'pager'],
  ['many more', 30_000, 'sh', 'pager'],
  ['many more, without a pager', 30_000, '/nonexistent/less', 'out'],
  ['many more, where none is wanted', 30_000, '', 'out'],
])('%s in pieces on a terminal', async ([, count, program, shownBy]) => {
  const text = Array.from({ length: count }, (_, at) => `${at}\n`).join('');
  expect(await onTerminal(count, program)).toEqual({ pager: '', out: '', [shownBy]: text });
});

test('an error in the middle of a text ends the pager, too', async () => {
  async function* failing(): AsyncGenerator<string> {
    yield* numbers(20_000);
    throw new Error('the daemon is gone');
  }
  const out = Object.assign(new PassThrough(), { isTTY: true });
  const printing = print({ text: failing() }, out, ['sh', '-c', 'cat > "$0"', join(directory, 'cut')]);
  await expect(printing).rejects.toThrow('the daemon is gone');
});

test('a pager that is left while the next piece is waited for is no error', async () => {
  const begin = 'x\n'.repeat(10_002);
  // This pager has read all that there is when it ends.
  const pager = ['sh', '-c', 'head -c "$0" > "$1"', `${begin.length}`, join(directory, 'left')];
  const more = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<string> {
    yield begin;
    await more.promise;
  }
  onTestFinished(() => more.resolve());
  const out = Object.assign(new PassThrough(), { isTTY: true });
  await expect(print({ text: slow() }, out, pager)).resolves.toBeUndefined();
  expect(readFileSync(join(directory, 'left'), 'utf8')).toBe(begin);
});
