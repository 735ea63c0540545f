import { expect, test } from 'vitest';
import { keptLog } from '../../test/kept-log.ts';
import { createLog } from '../lib/log.ts';
import { wholeList } from '../lib/whole-list.ts';
import { engineBench, T0 } from '../../test/engine-bench.ts';
import type { IncomingReport } from '../policy/report.ts';
import { acceptInBackground, createAcceptReport } from './accept-report.ts';

const DNS = { ptr: { '203.0.113.7': ['mx.example.com'] }, a: { 'mx.example.com': ['203.0.113.7'] } };
const REPORT: IncomingReport = { reporter: 'exim4', time: T0 - 5, ip: '203.0.113.7', event: 'spam', mtaId: 'Q1' };

test('a report is kept as one of this server, with the time when it was stored', async () => {
  const { acceptReport, store, counters } = await engineBench({ dns: DNS });
  await acceptReport(REPORT);
  const kept = { ...REPORT, origin: 'mx1.example.org', originId: 1, stored: T0 };
  expect(await wholeList(store.reports(undefined))).toEqual([kept]);
  expect(counters.list()).toEqual([['report spam stored', 1]]);
});

test.for<[sender: string, event: string, kept: number]>([
  ['<>', 'unknown', 0],
  ['<>', 'hard_trap', 0],
  ['<>', 'soft_trap', 0],
  ['<>', 'spam', 1],
  ['<>', 'ok', 1],
  ['double-bounce@mx.example.com', 'unknown', 0],
  ['Double-Bounce@mx.example.com', 'hard_trap', 0],
  ['double-bounces@example.com', 'unknown', 1],
  ['a@example.com', 'hard_trap', 1],
])('of a bounce, or a question whether a user exists, it is no report: %s, %s, %i', async ([sender, event, kept]) => {
  const { acceptReport, store } = await engineBench({ dns: DNS });
  await acceptReport({ ...REPORT, event, sender, recipient: 'made-up@example.org' });
  expect(await wholeList(store.reports(undefined))).toHaveLength(kept);
});

test('the log tells a report beside the time and name of its line', async () => {
  const { reportParts } = await engineBench({ dns: DNS });
  let text = '';
  const log = createLog({ level: 2, format: 'json' }, (lines) => (text += lines), { now: () => T0 * 1000 });
  await createAcceptReport({ ...reportParts, log })(REPORT);
  log.flush();
  expect(JSON.parse(text)).toEqual({
    time: '2023-11-14T22:13:20.000Z',
    event: 'report',
    observed: 'spam',
    observed_at: T0 - 5,
    ip: '203.0.113.7',
    queue: 'Q1',
    reporter: 'exim4',
    origin: 'mx1.example.org',
    stored: 'stored',
  });
});

test.for<[event: string, domain: string | undefined]>([
  ['ok', 'example.com'],
  ['spam', undefined],
  ['hard_trap', undefined],
  ['whatever', undefined],
])('whom the client belongs to is looked up for good mail only: %s', async ([event, domain]) => {
  const { acceptReport, store, dns } = await engineBench({ dns: DNS });
  await acceptReport({ ...REPORT, event });
  expect((await wholeList(store.reports(undefined)))[0]?.domain).toBe(domain);
  expect(dns.asked.length > 0).toBe(domain !== undefined);
});

test('a bad report tells whose client it is about where that is known', async () => {
  const { acceptReport, standings, store } = await engineBench({ dns: DNS });
  await standings.of({ family: 4, text: '203.0.113.7' });
  await acceptReport(REPORT);
  expect((await wholeList(store.reports(undefined)))[0]?.domain).toBe('example.com');
});

test('good mail of a client that can not be looked up is kept without a domain', async () => {
  const { acceptReport, store } = await engineBench({ dns: { failing: ['PTR 203.0.113.7'] } });
  await acceptReport({ ...REPORT, event: 'ok' });
  expect((await wholeList(store.reports(undefined))).map(({ event, domain }) => [event, domain])).toEqual([
    ['ok', undefined],
  ]);
});

test.for([
  [60 * 86_400, true],
  [60 * 86_400 + 1, false],
] as const)('a report of %d seconds ago, when they count for 60 days, is taken: %s', async ([age, taken]) => {
  const { acceptReport, store, dns } = await engineBench({ dns: DNS });
  await acceptReport({ ...REPORT, event: 'ok', time: T0 - age });
  expect(await wholeList(store.reports(undefined))).toHaveLength(Number(taken));
  expect(dns.asked.length > 0).toBe(taken);
});

test('without reputation nothing is looked up, and reports are kept all the same', async () => {
  const { acceptReport, store, dns } = await engineBench({ dns: DNS, config: 'reputation no' });
  await acceptReport({ ...REPORT, event: 'ok' });
  expect((await wholeList(store.reports(undefined))).map(({ event }) => event)).toEqual(['ok']);
  expect(dns.asked).toEqual([]);
});

test.for<[what: string, ip: string]>([
  ['a trusted client', '192.0.2.9'],
  ['a trusted IPv6 client', '2001:db8::9'],
  ['what is no address', 'localhost'],
])('nothing is reported of %s', async ([, ip]) => {
  const { acceptReport, store, counters } = await engineBench({ config: 'trusted 192.0.2.0/24 2001:db8::/32' });
  for (const event of ['spam', 'ok', 'manual']) await acceptReport({ ...REPORT, ip, event });
  expect(await wholeList(store.reports(undefined))).toEqual([]);
  expect(counters.list()).toEqual([]);
});

test.for<[event: string, field: 'sender' | 'recipient' | 'mtaId', length: number, kept: number | undefined]>([
  ['spam', 'sender', 512, 512],
  ['spam', 'sender', 513, 512],
  ['hard_trap', 'recipient', 528, 512],
  ['ok', 'mtaId', 528, 512],
  ['check', 'sender', 512, 512],
  ['check', 'sender', 513, undefined],
  ['check', 'recipient', 528, undefined],
])('no other server refuses a report of ours: %s, %s of %i characters', async ([event, field, length, kept]) => {
  const { acceptReport, store } = await engineBench();
  await acceptReport({ ...REPORT, event, [field]: 'x'.repeat(length) });
  expect((await wholeList(store.reports(undefined))).map((report) => report[field]?.length)).toEqual(
    kept ? [kept] : [],
  );
});

test('the same report again is dropped, and changes no standing', async () => {
  const { acceptReport, standings, store, clock, counters } = await engineBench({ dns: DNS });
  await standings.of({ family: 4, text: '203.0.113.7' });
  await acceptReport(REPORT);
  clock.advance(60);
  await acceptReport(REPORT);
  expect(await wholeList(store.reports(undefined))).toHaveLength(1);
  expect(await standings.known({ family: 4, text: '203.0.113.7' })).toMatchObject({ computed: T0, score: -20 });
  expect(counters.list()).toContainEqual(['report spam duplicate', 1]);
});

test('a report that nobody waits for, and that is lost, is logged', async () => {
  const { log, logged } = keptLog();
  acceptInBackground(() => Promise.reject(new Error('disk full')), log)(REPORT);
  await new Promise(setImmediate);
  expect(logged()).toEqual([expect.stringContaining('report lost observed=spam cause="Error: disk full"')]);
});
