// The log reader of the original ddgrey, by the numbers of its record: what of it takes a file, a store or a standing. What
// single lines tell: exim-line.test.ts and exim-mainlog.test.ts. Defects are those of the original that we do not copy.
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { addressOf, type Bench, checkOf, engineBench } from '../../test/engine-bench.ts';
import { silentLog } from '../lib/log.ts';
import { wholeList } from '../lib/whole-list.ts';
import { describeReasons } from '../policy/standing.ts';
import { createEximMainlog, eximLineReader } from './exim-mainlog.ts';
import { Follower } from './follow-file.ts';

/** The log's times are those of this machine's zone (e23). */
const START = new Date(2023, 10, 14, 22, 10).getTime() / 1000;
/** Rounds until a renamed file is left; a round comes every few seconds. */
const UNTIL_QUIET = 12;

interface Stage {
  readonly bench: Bench;
  readonly path: string;
  /** The reports that there are after as many looks at the file, oldest first. */
  readonly told: (looks?: number) => Promise<readonly string[]>;
}

/** A log that is followed, empty at first. */
async function stage(): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'ddgrey-recorded-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'mainlog');
  await writeFile(path, '');
  const bench = await engineBench();
  const mainlog = createEximMainlog({ unknown: 'verify', isTrusted: () => false });
  const reader = eximLineReader({ mainlog, accept: bench.acceptReport, log: silentLog });
  const places = { load: () => Promise.resolve(undefined), save: () => Promise.resolve() };
  const follower = new Follower({ path, places, reader, log: silentLog });
  onTestFinished(() => follower[Symbol.asyncDispose]());
  const told = async (looks = 1): Promise<readonly string[]> => {
    for (let look = 0; look < looks; look += 1) await follower.round(() => Promise.resolve());
    const reports = await wholeList(bench.store.reports(undefined));
    return reports.toReversed().map(({ time, ip, event, sender, recipient }) => {
      const fields = [time - START, ip, event, sender, recipient];
      return fields.filter((field) => field !== undefined).join(' ');
    });
  };
  await told();
  return { bench, path, told };
}

const lost = (address: string, more = ''): string =>
  `unexpected disconnection while reading SMTP command from mail.example.com [${address}]${more} (error: Connection reset by peer) D=5s`;
const LOST = lost('198.51.100.7');
const UNKNOWN =
  'H=mail.example.com [198.51.100.7] Warning: unknown recipient \u00e5@example.org from \u00f6@example.com';

test.for<[id: string, log: readonly string[], told: readonly string[]]>([
  [
    'e21, defect 34: other forms of a time were not known, nor was an interface',
    [`22:10:00.123 ${LOST}`, `22:10:01 [1234] ${LOST}`, `22:10:02 ${lost('198.51.100.7', ' I=[192.0.2.1]:25')}`],
    ['0 198.51.100.7 disconnect', '1 198.51.100.7 disconnect', '2 198.51.100.7 disconnect'],
  ],
  ['e23: the time is local', [`22:10:00 ${LOST}`], ['0 198.51.100.7 disconnect']],
  ['e31: what is not UTF-8', [`22:10:00 ${UNKNOWN}`], ['0 198.51.100.7 unknown \ufffd@example.com \ufffd@example.org']],
  [
    'e35: the same in the same second is one report',
    [`22:10:00 ${LOST}`, `22:10:00 ${LOST}`],
    ['0 198.51.100.7 disconnect'],
  ],
])('%s', async ([, log, told]) => {
  const following = await stage();
  await appendFile(following.path, log.map((line) => `2023-11-14 ${line}\n`).join(''), 'latin1');
  expect(await following.told()).toEqual(told);
});

test('e21, defect 34: a time with its zone', async () => {
  const { path, told } = await stage();
  await appendFile(path, `2023-11-14 22:10:00 +0100 ${LOST}\n`);
  expect(await told()).toEqual([`${1_699_996_200 - START} 198.51.100.7 disconnect`]);
});

test.for<[id: string, pieces: readonly [string, string], told: string]>([
  [
    'e25: the event was lost',
    ['no MAIL in SMTP connec', 'tion from mail.example.com [198.51.100.7] D=1s\n'],
    '0 198.51.100.7 smtp_no_mail',
  ],
  [
    'e26: the event was that of another address',
    ['H=mail.example.com [198.51.100.7', '7] incomplete transaction (connection lost) from <>\n'],
    '0 198.51.100.77 smtp_connection_lost',
  ],
])('a line that is written in two pieces is one (defect 16). %s', async ([, [first, second], event]) => {
  const { path, told } = await stage();
  await appendFile(path, `2023-11-14 22:10:00 ${first}`);
  expect(await told()).toEqual([]);
  await appendFile(path, second);
  expect(await told()).toEqual([event]);
});

test('e27, defect 35: the new log is read a minute after the old one was renamed, not an hour', async () => {
  const { path, told } = await stage();
  const early = ['0 198.51.100.7 disconnect'];
  const late = [...early, '0 198.51.100.9 disconnect'];
  await appendFile(path, `2023-11-14 22:10:00 ${LOST}\n`);
  expect(await told()).toEqual(early);
  await rename(path, `${path}.1`);
  await writeFile(path, `2023-11-14 22:10:00 ${lost('198.51.100.8')}\n`);
  expect(await told()).toEqual(early);
  await appendFile(`${path}.1`, `2023-11-14 22:10:00 ${lost('198.51.100.9')}\n`);
  expect(await told()).toEqual(late);
  expect(await told(UNTIL_QUIET)).toEqual([...late, '0 198.51.100.8 disconnect']);
});

test('e29, defect 35: a log that was truncated is read from its start at once, not after an hour', async () => {
  const { path, told } = await stage();
  await appendFile(path, `2023-11-14 22:10:00 ${LOST}\n2023-11-14 22:10:00 ${LOST.replace('D=5s', 'D=56s')}\n`);
  expect(await told()).toEqual(['0 198.51.100.7 disconnect']);
  await writeFile(path, '');
  await appendFile(path, `2023-11-14 22:10:00 ${lost('198.51.100.8')}\n`);
  expect(await told()).toEqual(['0 198.51.100.7 disconnect', '0 198.51.100.8 disconnect']);
});

test('e33: events of a client change its standing; defect 24: grey first, black from the reveal on', async () => {
  const { bench, path, told } = await stage();
  const { answerCheck, clock, standings } = bench;
  const asked = checkOf('198.51.100.7', 'a@example.com', 'b@example.org');
  const standing = async (): Promise<string> => {
    const known = await standings.known(addressOf('198.51.100.7'));
    return known === undefined ? '-' : `${known.class} ${known.score} (${describeReasons(known)})`;
  };
  const relay = async (sender: string): Promise<string> => {
    const host = 'H=mail.example.com [198.51.100.7]';
    const refused = `F=<${sender}> rejected RCPT <r@other.example>: relay not permitted`;
    await appendFile(path, `2023-11-14 22:10:00 ${host} ${refused}\n`);
    clock.advance(6);
    await told();
    return standing();
  };
  expect((await answerCheck(asked)).kind).toBe('grey');
  expect(await standing()).toBe('grey_long -10 (dynamic address)');
  expect(await relay('a@example.com')).toBe('grey_max -70 (dynamic address, relay attempt)');
  expect(await relay('a2@example.com')).toBe('black -130 (dynamic address, relay attempt)');
  expect((await answerCheck(asked)).kind).toBe('grey');
  clock.advance(86_400);
  expect((await answerCheck(asked)).kind).toBe('black');
});
