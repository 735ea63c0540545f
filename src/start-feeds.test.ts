import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { wholeList } from './lib/whole-list.ts';
import { configOf, engineBench } from '../test/engine-bench.ts';
import { openFeeds } from './start-feeds.ts';

const LINE = '2023-11-14 10:00:09 unexpected disconnection while reading SMTP command from [203.0.113.7] D=2s\n';

test("the mail server's log is read once that is asked for, and not before", async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ddgrey-feeds-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'mainlog'), LINE);
  const config = configOf('service exim4\nexim4_mainlog mainlog');
  const bench = await engineBench();
  const load = vi.spyOn(bench.store, 'place');
  const { log } = bench.checks;
  const feeds = await openFeeds({ ...bench, config, directory, log });
  expect(load).not.toHaveBeenCalled();
  await using _following = feeds.follow();
  await vi.waitFor(async () =>
    expect(await wholeList(bench.store.reports(undefined))).toMatchObject([{ event: 'disconnect' }]),
  );
});

test('mail that a trap got is no good mail', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ddgrey-feeds-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const id = '2023-11-14 10:00:09 1j5IhX-0006pK-Rt';
  const arrived = `${id} <= a@b.example H=[203.0.113.7] P=smtp S=1\n${id} => /dev/null <trap@example.org> R=r\n`;
  await writeFile(join(directory, 'mainlog'), `${arrived}${id} => bob <bob@example.org> R=r\n${id} Completed\n`);
  const config = configOf('service exim4\nexim4_mainlog mainlog\nhard_trap trap@example.org');
  const bench = await engineBench();
  const feeds = await openFeeds({ ...bench, config, directory, log: bench.checks.log });
  await using _following = feeds.follow();
  await vi.waitFor(async () =>
    expect(await wholeList(bench.store.reports(undefined))).toMatchObject([
      { event: 'ok', recipient: 'bob@example.org' },
    ]),
  );
});

test('what is not begun when the daemon ends is left, and comes again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ddgrey-feeds-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'mainlog'), LINE.repeat(1000));
  const config = configOf(`service exim4\nexim4_mainlog ${join(directory, 'mainlog')}`);
  const bench = await engineBench();
  const { log } = bench.checks;
  const begun: PromiseWithResolvers<void>[] = [];
  const acceptReport = (): Promise<void> => {
    begun.push(Promise.withResolvers());
    return begun.at(-1)?.promise ?? Promise.resolve();
  };
  const following = (await openFeeds({ ...bench, acceptReport, config, directory, log })).follow();
  await vi.waitFor(() => expect(begun).toHaveLength(256));
  const closed = following[Symbol.asyncDispose]();
  for (const { resolve } of begun) resolve();
  await closed;
  expect(begun).toHaveLength(256);
  expect(await bench.store.place(`log ${join(directory, 'mainlog')}`)).toBeUndefined();
});

test('of a backlog few reports are begun in a turn of the event loop, so that checks have theirs', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ddgrey-feeds-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'mainlog'), LINE.repeat(1000));
  const config = configOf('service exim4\nexim4_mainlog mainlog');
  const bench = await engineBench();
  const begunInTurn: number[] = [0];
  const nextTurn = (): void => {
    begunInTurn.push(0);
    turn = setImmediate(nextTurn);
  };
  let turn = setImmediate(nextTurn);
  onTestFinished(() => clearImmediate(turn));
  const acceptReport = async (): Promise<void> => {
    begunInTurn.push((begunInTurn.pop() ?? 0) + 1);
  };
  const feeds = await openFeeds({ ...bench, acceptReport, config, directory, log: bench.checks.log });
  await using _following = feeds.follow();
  await vi.waitFor(() => expect(begunInTurn.reduce((sum, begun) => sum + begun)).toBe(1000));
  expect(Math.max(...begunInTurn)).toBe(32);
});

test('a file of traps that can not be read is an error at the start', async () => {
  const bench = await engineBench();
  const { log } = bench.checks;
  const config = configOf('traps /nonexistent');
  await expect(openFeeds({ ...bench, config, directory: '/', log })).rejects.toThrow(
    'traps: cannot read /nonexistent: no such file',
  );
});
