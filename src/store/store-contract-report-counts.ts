// The promises of the port about what reports count for a standing.
import { describe, expect, test } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import { NO_BAD, NO_GOOD } from '../policy/facts.ts';
import { COUNT_LIMIT } from '../policy/points.ts';
import type { StoredReport } from '../policy/report.ts';
import { COUNTED, DAY, MIDNIGHT, reportAdder, spam, T } from './contract-samples.ts';
import type { Store } from './store.ts';

/** Tests them on the store that is open at the time. */
export function reportCountContract(open: () => Store): void {
  const { add, many } = reportAdder(open);
  const count = async (changed: Partial<typeof COUNTED>) => open().countReports({ ...COUNTED, ...changed });
  const bad = async (changed: Partial<typeof COUNTED> = {}) => (await count(changed)).bad;
  const good = async (changed: Partial<typeof COUNTED> = {}) => {
    const counted = (await count(changed)).good;
    expect(await open().firstGood({ ...COUNTED, ...changed })).toEqual(counted.first);
    return counted;
  };

  describe('counting reports', () => {
    test('nothing known', async () => {
      expect(await open().countReports(COUNTED)).toEqual({ bad: NO_BAD, good: NO_GOOD });
    });

    const pairs = ['manual', 'soft_trap', 'unknown', 'spam', 'relay'] as const;
    const minutes = ['disconnect', 'smtp_no_mail', 'smtp_no_wait', 'smtp_connection_lost'] as const;
    const facts: Record<string, string> = {
      soft_trap: 'softTrap',
      smtp_no_mail: 'noMail',
      smtp_no_wait: 'noWait',
      smtp_connection_lost: 'connectionLost',
    };
    const fact = (event: string): string => facts[event] ?? event;

    test.for(pairs)('%s: each sender and recipient once', async (event) => {
      const from = { event, time: T - 9 };
      await add(
        from,
        { ...from, time: T - 8 },
        { ...from, recipient: 'b' },
        { ...from, sender: 'b' },
        { ...from, mtaId: 'x' },
      );
      expect(await bad()).toEqual({ ...NO_BAD, [fact(event)]: 3, newest: T - 8 });
    });

    test.for(pairs)('%s: one that comes hundreds of times hides no other', async (event) => {
      const from = { event, time: T - 900 };
      await add({ ...from, recipient: 'b' }, { ...from, sender: 'z' });
      await add(...Array.from({ length: 300 }, (_, i) => ({ event, time: T - i })));
      expect(await bad()).toEqual({ ...NO_BAD, [fact(event)]: 3, newest: T });
    });

    test.for(pairs)('%s: hundreds of another time hide none', async (event) => {
      await add(...Array.from({ length: 250 }, (_, i) => ({ event, time: T + 3600, sender: `a${i}` })));
      await add(...Array.from({ length: 50 }, (_, i) => ({ event, time: T - 9, sender: `b${i}` })));
      expect(await bad()).toEqual({ ...NO_BAD, [fact(event)]: 50, newest: T - 9 });
    });

    test.for(minutes)('%s: once a minute', async (event) => {
      const start = T - (T % 60) - 600;
      const times = [0, 1, 59, 60, 119, 240, 300];
      await add(...times.map((second) => ({ event, time: start + second })));
      expect(await bad()).toEqual({ ...NO_BAD, [fact(event)]: 4, newest: start + 300 });
      expect(await bad({ since: start + 60, until: start + 240 })).toMatchObject({
        [fact(event)]: 2,
        newest: start + 240,
      });
    });

    test('hard_trap: each report', async () => {
      await add({ event: 'hard_trap' }, { event: 'hard_trap', time: T - 1 });
      expect(await bad()).toEqual({ ...NO_BAD, hardTrap: 2, newest: T });
    });

    test('the newest of all sorts', async () => {
      await add({ time: T - 9 }, { event: 'relay', time: T - 8 }, { event: 'unknown', time: T - 10 });
      expect(await bad()).toEqual({ ...NO_BAD, spam: 1, relay: 1, unknown: 1, newest: T - 8 });
    });

    test('a sender and recipient that are missing are a pair', async () => {
      const { sender: _s, recipient: _r, ...bare } = spam;
      for (const time of [T - 1, T]) await open().addReport({ ...bare, time });
      expect((await bad()).spam).toBe(1);
    });

    test('bad reports of the address, whatever its domain was then; others do not count', async () => {
      await add(
        { domain: 'example.net' },
        { ip: '203.0.113.8', recipient: 'b' },
        { event: 'odd', time: T - 1 },
        { event: 'check' },
        { event: 'ok' },
      );
      expect(await bad({ identity: 'example.org' })).toEqual({ ...NO_BAD, spam: 1, newest: T });
      expect(await bad({ since: T - 60, until: T - 1 })).toEqual(NO_BAD);
    });

    test('both ends of the time count', async () => {
      await many(5, (i) => ({ time: T - i, recipient: `${i}` }));
      expect(await bad({ since: T - 3, until: T - 1 })).toMatchObject({ spam: 3, newest: T - 1 });
    });

    test('what is of a time to come counts until the end of the query, and is of no age', async () => {
      await add({ time: T + 5 }, { time: T + 6, recipient: 'b' }, { time: T + 5, event: 'ok' });
      expect(await bad({ until: T + 5 })).toEqual({ ...NO_BAD, spam: 1, newest: T + 5 });
      expect(await good({ until: T + 5 })).toEqual({ olderThanDay: 0, olderThanWeek: 0, first: [T + 5] });
      expect(await good({ until: T + 5 + DAY })).toMatchObject({ olderThanDay: 0 });
      expect(await good({ until: T + 5 + DAY, now: T + 5 + DAY })).toMatchObject({ olderThanDay: 1 });
    });

    test.for<[event: string, limit: number]>([
      ['spam', COUNT_LIMIT.bad],
      ['hard_trap', COUNT_LIMIT.bad],
      ['disconnect', COUNT_LIMIT.connections],
    ])('%s: stops at %i', async ([event, limit]) => {
      await many(limit + 5, (i) => ({ event, time: T - 60 * i, recipient: `${i}` }));
      expect(Object.values(await bad())).toContain(limit);
    });

    test('hundreds in a minute do not hide the minutes before', async () => {
      await many(300, (i) => ({ event: 'disconnect', time: T - 700, mtaId: `${i}` }));
      await many(300, (i) => ({ event: 'disconnect', time: T, mtaId: `${i}` }));
      expect((await bad()).disconnect).toBe(2);
    });

    test('good reports of the identity, by age', async () => {
      const ages = [0, DAY, DAY + 1, 7 * DAY, 7 * DAY + 1, 30 * DAY, 60 * DAY, 60 * DAY + 1];
      await add(...ages.map((age, i) => ({ event: 'ok', time: T - age, ip: `203.0.113.${i}` })));
      await add({ event: 'ok', time: T - 9 * DAY, domain: 'mail.example.com' });
      const first = ages
        .slice(0, -1)
        .toReversed()
        .map((age) => T - age);
      expect(await good()).toEqual({ olderThanDay: 6, olderThanWeek: 4, first });
      const before = first.filter((time) => time <= T - DAY);
      expect(await good({ until: T - DAY, now: T - DAY })).toEqual({
        olderThanDay: 4,
        olderThanWeek: 2,
        first: before,
      });
      expect(await good({ until: T - 30 * DAY })).toMatchObject({ olderThanDay: 2, olderThanWeek: 2 });
      expect(await good({ identity: '203.0.113.5' })).toEqual(NO_GOOD);
    });

    test('good reports of an address without a domain', async () => {
      const { domain: _, ...bare } = spam;
      for (const one of [bare, { ...bare, domain: spam.ip, mtaId: '2' }])
        await open().addReport({ ...one, event: 'ok', time: T - 8 * DAY });
      expect(await good({ identity: spam.ip })).toMatchObject({ olderThanDay: 2, olderThanWeek: 2 });
    });

    test('good reports that were kept without a domain are assigned to whom the address belongs, the oldest first', async () => {
      const { domain: _, ...bare } = spam;
      const ok = (age: number, changed: Partial<StoredReport> = {}) =>
        open().addReport({ ...bare, event: 'ok', time: T - age * DAY, ...changed });
      for (const age of [8, 10, 9]) await ok(age);
      await ok(11, { ip: '203.0.113.8' });
      await ok(12, { domain: spam.ip });
      await ok(13, { event: 'spam' });
      const oldGood = async (identity: string) => (await good({ identity })).olderThanDay;
      expect([await oldGood('example.com'), await oldGood(spam.ip)]).toEqual([0, 4]);
      expect(await open().assignGood(spam.ip, 'example.com', 2)).toBe(2);
      expect([await oldGood('example.com'), await oldGood(spam.ip)]).toEqual([2, 2]);
      expect((await good()).first).toEqual([T - 10 * DAY, T - 9 * DAY]);
      expect(await open().assignGood(spam.ip, spam.ip, 2)).toBe(1);
      expect(await open().assignGood(spam.ip, 'example.com', 2)).toBe(0);
      const domains = (await wholeList(open().reports('203.0.113.0/24'))).map(({ domain }) => domain);
      expect(domains).toEqual([spam.ip, 'example.com', 'example.com', undefined, spam.ip, undefined]);
      expect((await open().reportsAfter(0, 9)).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
    });

    test('good reports: stops at the limit', async () => {
      for (let day = 10; day < 22; day += 1) await many(100, (i) => ({ event: 'ok', time: MIDNIGHT - day * DAY + i }));
      const limit = COUNT_LIMIT.goodForUnknown;
      const first = Array.from({ length: COUNT_LIMIT.firstGood }, (_, i) => MIDNIGHT - 21 * DAY + i);
      expect(await good()).toEqual({ olderThanDay: limit, olderThanWeek: limit, first });
    });
  });
}
