import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog, type LogFormat } from './log.ts';
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

const TIME = '2023-11-14T22:13:20.000Z';

test.for<[format: LogFormat, first: string, dropped: string, fifth: string, sixth: string]>([
  ['text', `${TIME} first\n`, `${TIME} log lines dropped lines=3\n`, `${TIME} fifth\n`, `${TIME} sixth\n`],
  [
    'json',
    `{"time":"${TIME}","event":"first"}\n`,
    `{"time":"${TIME}","event":"log lines dropped","lines":3}\n`,
    `{"time":"${TIME}","event":"fifth"}\n`,
    `{"time":"${TIME}","event":"sixth"}\n`,
  ],
])('%s lines are dropped while nobody reads, and that is said when somebody does', async ([format, ...lines]) => {
  const { stream, read, take } = slowStream();
  const log = createLog({ format, level: 0 }, logOutput(stream, 5).write, { now: () => Date.parse(TIME) });
  for (const events of [['first'], ['second'], ['third', 'fourth']]) {
    for (const event of events) log.event(0, event);
    log.flush();
  }
  take();
  for (const event of ['fifth', 'sixth']) {
    log.event(0, event);
    log.flush();
    await new Promise(setImmediate);
    take();
    await new Promise(setImmediate);
    take();
  }
  expect(read).toEqual(lines);
});

test('a stream with an error is written to again', () => {
  const { stream, read } = slowStream();
  const { write } = logOutput(stream);
  stream.emit('error', new Error('no space left on device'));
  write('a line\n', String);
  expect(read).toEqual(['a line\n']);
});

test('what was written has left once the reader took it, and not before', async () => {
  const { stream, take } = slowStream();
  const { write, left } = logOutput(stream);
  expect(await left(0)).toBe(true);
  write('a line\n', String);
  const leaving = left(60_000);
  take();
  await new Promise(setImmediate);
  // What it was asked with stands in the stream as well.
  take();
  expect(await leaving).toBe(true);
  write('another line\n', String);
  expect(await left(0)).toBe(false);
});

test('what can not be written any more need not be waited for', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, callback) => callback(new Error('broken pipe')) });
  const { write, left } = logOutput(stream);
  write('a line\n', String);
  expect(await left(60_000)).toBe(true);
});
