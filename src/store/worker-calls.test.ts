import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test, vi } from 'vitest';
import { callWorker, type WorkerCalls } from './worker-calls.ts';

/** A worker that answers with the question, and dies at `die`. */
const ECHO = `import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ id, question }) => {
  if (question === 'die') throw new Error('died');
  parentPort.postMessage({ id, answer: question });
});`;

function start(program = ECHO): WorkerCalls<string, string> {
  return callWorker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), undefined);
}

/** A worker that answers with what these words make of the question. */
function serving(words: string): WorkerCalls<string, string> {
  const calls = JSON.stringify(new URL('worker-calls.ts', import.meta.url));
  return start(`import os from 'node:os';
    import { serveCalls } from ${calls};
    serveCalls((question) => { ${words} });`);
}

test('what the worker answers with an error is told in its words', async () => {
  await using worker = serving('throw new Error(question);');
  await expect(worker.ask('database is locked')).rejects.toThrow(/^database is locked$/);
});

test.runIf(process.platform === 'linux')('a worker gives way to who asks it, and nobody else does', async () => {
  const before = getPriority();
  await using worker = serving('return os.getPriority();');
  expect([await worker.ask(''), getPriority()]).toEqual([Math.min(before + 5, 19), before]);
});

test('a worker that died is started again for the next question', async () => {
  await using worker = start();
  const [before, cause] = [worker.ask('a'), worker.ask('die')];
  expect(await before).toBe('a');
  await expect(cause).rejects.toThrow(/^died$/);
  expect(await worker.ask('b')).toBe('b');
});

/** As start; timers are faked, and it can be told what threads there were. */
function startWatched(): { readonly worker: WorkerCalls<string, string>; readonly threads: () => readonly Worker[] } {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const asked = vi.spyOn(Worker.prototype, 'postMessage');
  onTestFinished(() => {
    asked.mockRestore();
    vi.useRealTimers();
  });
  return { worker: start(), threads: () => [...new Set(asked.mock.contexts as Worker[])] };
}

/** Whether a thread has ended. */
const isGone = ({ threadId }: Worker): boolean => threadId === -1;

test('a question that comes while an idle worker is ended is answered, by one that stays', async () => {
  const { worker, threads } = startWatched();
  expect(await worker.ask('a')).toBe('a');
  worker.rest();
  vi.advanceTimersByTime(60_000);
  expect(await worker.ask('b')).toBe('b');
  while (!threads().some(isGone)) await new Promise(setImmediate);
  expect(await worker.ask('c')).toBe('c');
  expect([worker.running, threads().map(isGone)]).toEqual([true, [true, false]]);
  await worker[Symbol.asyncDispose]();
});

test('a worker that is asked again is not idle', async () => {
  const { worker, threads } = startWatched();
  expect(await worker.ask('a')).toBe('a');
  worker.rest();
  worker.rest();
  const answer = worker.ask('b');
  vi.advanceTimersByTime(60_000);
  expect([await answer, threads().length]).toEqual(['b', 1]);
  await worker[Symbol.asyncDispose]();
});

test.for([
  ['that was asked', 0],
  ['that is ended because it is idle', 60_000],
] as const)('closing waits until the worker %s has ended', async ([, idle]) => {
  const { worker, threads } = startWatched();
  await worker.ask('a');
  worker.rest();
  vi.advanceTimersByTime(idle);
  await worker[Symbol.asyncDispose]();
  expect(threads().map(isGone)).toEqual([true]);
});
