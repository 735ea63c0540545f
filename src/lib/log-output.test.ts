import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { logOutput } from './log-output.ts';

/** A stream whose reader takes a text only when told to. */
function slowStream(): { readonly stream: Writable; readonly read: string[]; readonly take: () => void } {
  const read: string[] = [];
  let taken = (): void => {};
  const stream = new Writable({
    write: (chunk, _encoding, callback) => {
      read.push(String(chunk));
      taken = callback;
    },
  });
  return { stream, read, take: () => taken() };
}

test('lines are dropped while nobody reads, and that is said when somebody does', async () => {
  const { stream, read, take } = slowStream();
  const write = logOutput(stream, 5);
  for (const text of ['first\n', 'second\n', 'third\nfourth\n']) write(text);
  take();
  write('fifth\n');
  await new Promise(setImmediate);
  take();
  await new Promise(setImmediate);
  take();
  expect(read).toEqual(['first\n', 'log: 3 lines dropped, since nobody read them\n', 'fifth\n']);
});

test('a stream with an error is written to again', () => {
  const { stream, read } = slowStream();
  const write = logOutput(stream);
  stream.emit('error', new Error('no space left on device'));
  write('a line\n');
  expect(read).toEqual(['a line\n']);
});
