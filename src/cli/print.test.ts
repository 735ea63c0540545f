import { PassThrough, Writable } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { print } from './print.ts';

test('a text, and pieces of one, arrive whole; the output stays open', async () => {
  const out = new PassThrough();
  const arrived = textOf(out);
  await print('one\n', out);
  await print(
    (async function* pieces() {
      for (let at = 0; at < 1000; at += 1) yield `${at}\n`;
    })(),
    out,
  );
  out.end('end');
  expect(await arrived).toBe(`one\n${Array.from({ length: 1000 }, (_, at) => `${at}\n`).join('')}end`);
});

test('pieces are not made faster than they are read', async () => {
  const out = new PassThrough();
  let made = 0;
  const printing = print(
    (async function* pieces() {
      for (; made < 1000; made += 1) yield 'x'.repeat(10_000);
    })(),
    out,
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(made).toBeLessThan(100);
  out.resume();
  await printing;
  expect(made).toBe(1000);
});

function broken(code: string): Writable {
  return new Writable({
    write: (_bytes, _encoding, done) => done(Object.assign(new Error(code), { code })),
  });
}

test('a reader that has seen enough is no error; another failure is', async () => {
  await expect(print('x', broken('EPIPE'))).resolves.toBeUndefined();
  await expect(print('x', broken('ENOSPC'))).rejects.toThrow('ENOSPC');
});
