// The original ddgrey's questions to the DNS, by the numbers of its record: what is asked, when, and how often. What follows
// from the answers: recorded-scoring.cases.ts. The lists of SORBS are not asked any more.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { addressOf, type Bench, checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import { cachingResolver } from '../dns/caching-resolver.ts';
import type { FakeDns } from '../dns/fake-resolver.ts';
import { seconds } from '../lib/clock.ts';
import { SqliteStore } from '../store/sqlite-store.ts';
import { silentLog } from '../lib/log.ts';

const CLIENT = '203.0.113.10';
const NAMES = { ptr: { [CLIENT]: ['mail.example.com'] }, a: { 'mail.example.com': [CLIENT] } };
const NAME_QUESTIONS = ['A mail.example.com', 'PTR 10.113.0.203.in-addr.arpa'];
const ALL_QUESTIONS = [
  'A 10.113.0.203.bl.spamcop.net',
  'A 10.113.0.203.dnsbl-2.uceprotect.net',
  'A 10.113.0.203.list.dnswl.org',
  ...NAME_QUESTIONS,
];

function stage(dns: FakeDns = NAMES): Promise<Bench> {
  return engineBench({ dns, resolver: (resolver, clock) => cachingResolver({ resolver, clock, maxEntries: 100 }) });
}

/** Goes to that second after the start. */
function at({ clock }: Bench, second: number): void {
  clock.advance(T0 + second - seconds(clock));
}

async function ask({ answerCheck }: Bench, sender: string): Promise<string> {
  return (await answerCheck(checkOf(CLIENT, sender, 'b@example.org'))).kind;
}

test('d20: a new client is asked about once; one whose standing is known is not (it was, every ten minutes)', async () => {
  const bench = await stage();
  expect(await ask(bench, 'a@example.com')).toBe('grey');
  expect(bench.dns.asked.toSorted()).toEqual(ALL_QUESTIONS);
  for (const second of [10, 599, 600, 601, 1300]) {
    at(bench, second);
    expect(await ask(bench, 'z@example.com')).toBe('grey');
  }
  expect(bench.dns.asked).toHaveLength(ALL_QUESTIONS.length);
});

test.for<[id: string, event: string, asked: readonly string[]]>([
  ['d22: good mail asks whom the client belongs to', 'ok', NAME_QUESTIONS],
  ['d22: bad reports count for the address, so nothing is asked (the names were)', 'spam', []],
])('a report of a client that nobody asked about. %s', async ([, event, asked]) => {
  const bench = await stage();
  const addresses = { sender: 's@sender.example', recipient: 'r@example.org' };
  await bench.acceptReport({ reporter: 'exim4', time: T0 - 100, ip: CLIENT, event, ...addresses });
  expect(bench.dns.asked.toSorted()).toEqual(asked);
  expect(await bench.standings.known(addressOf(CLIENT))).toBeUndefined();
});

test('d24: three checks of a new client at once ask once (each asked for itself)', async () => {
  const late = ALL_QUESTIONS.filter((question) => question !== 'A mail.example.com');
  const bench = await stage({ ...NAMES, late });
  const answers = Promise.all([1, 2, 3].map(() => ask(bench, 'a@example.com')));
  await expect.poll(() => bench.dns.asked).toHaveLength(late.length);
  bench.dns.release();
  expect(await answers).toEqual(['grey', 'grey', 'grey']);
  expect(bench.dns.asked.toSorted()).toEqual(ALL_QUESTIONS);
  expect(await bench.standings.known(addressOf(CLIENT))).toMatchObject({
    identity: 'example.com',
    expires: T0 + 604_800,
  });
});

test('d26: there is no report without origin or number (it was removed within a minute)', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-recorded-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'db');
  await new SqliteStore(path, silentLog)[Symbol.asyncDispose]();
  using db = new DatabaseSync(path);
  const insert = (origin: string, id: string): unknown =>
    db.exec(`INSERT INTO report (origin, origin_id, reporter, time, stored, ip, event)
             VALUES (${origin}, ${id}, 'exim4', 1699999000, 1699999000, x'cb00710a', 'ok')`);
  expect(() => insert(`'mx2.example.org'`, 'NULL')).toThrow('NOT NULL constraint failed: report.origin_id');
  expect(() => insert('NULL', '5')).toThrow('NOT NULL constraint failed: report.origin');
});

test('d28: a standing without all answers ends after an hour and is made anew', async () => {
  const bench = await stage({ ...NAMES, a: { ...NAMES.a, '10.113.0.203.list.dnswl.org': ['10.0.0.1'] } });
  const known = () => bench.standings.known(addressOf(CLIENT));
  const times = (computed: number, expires: number) => ({ computed: T0 + computed, expires: T0 + expires });
  expect(await ask(bench, 'a@example.com')).toBe('grey');
  expect(await known()).toMatchObject({ class: 'grey_default', score: 0, ...times(0, 3600) });
  at(bench, 3599);
  expect(await known()).toMatchObject(times(0, 3600));
  at(bench, 3661);
  expect(await known()).toBeUndefined();
  bench.dns.change(NAMES);
  expect(await ask(bench, 'a@example.com')).toBe('grey');
  expect(await known()).toMatchObject({ class: 'grey_default', score: 0, ...times(3661, 608_461) });
});

test.for<[what: string, failing: string]>([
  ['its reverse name', 'PTR 203.0.113.10'],
  ['the address of its name', 'A mail.example.com'],
])('d30, k24: who is asked about without end comes through: %s (all its attempts were grey)', async ([, failing]) => {
  const bench = await stage({ ...NAMES, failing: [failing] });
  const answers: string[] = [];
  for (let attempt = 0; attempt < 60; attempt += 1) {
    at(bench, attempt * 3700);
    answers.push(await ask(bench, 'a@example.com'));
  }
  // After grey_default, 4 hours.
  expect(answers.lastIndexOf('grey')).toBe(3);
  expect(await bench.store.count()).toEqual({ pending: 0, valid: 1 });
});
