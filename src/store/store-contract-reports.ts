// The promises of the port about reports.
import { describe, expect, test } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import { NO_BAD, NO_GOOD } from '../policy/facts.ts';
import { COUNT_LIMIT } from '../policy/points.ts';
import type { StoredReport } from '../policy/report.ts';
import { OK_PER_DAY } from './bad-events.ts';
import { DAY, LIFETIMES, spam, T } from './contract-samples.ts';
import type { Store } from './store.ts';

/** A midnight (UTC) before T. */
const MIDNIGHT = T - (T % DAY);
const query = { ip: spam.ip, identity: 'example.com', since: T - 60 * DAY, now: T };

/** Tests them on the store that is open at the time. */
export function reportContract(open: () => Store): void {
  const add = async (...reports: readonly Partial<StoredReport>[]) => {
    const stored: string[] = [];
    for (const report of reports) stored.push(await open().addReport({ ...spam, ...report }));
    return stored;
  };
  const many = (n: number, of: (i: number) => Partial<StoredReport>) =>
    add(...Array.from({ length: n }, (_, i) => of(i)));
  const bad = async (changed: Partial<typeof query> = {}) => (await open().countReports({ ...query, ...changed })).bad;
  const good = async (changed: Partial<typeof query> = {}) =>
    (await open().countReports({ ...query, ...changed })).good;

  describe('storing', () => {
    test('a report is kept as it is, without what it has not', async () => {
      const bare = { origin: 'o', originId: 7, reporter: 'r', time: T, stored: T + 1, ip: '2001:db8::1', event: 'odd' };
      const own = { ...bare, originId: 8, domain: '2001:db8::1', event: 'ok' };
      for (const report of [bare, own]) expect(await open().addReport(report)).toBe('stored');
      expect(await add({})).toEqual(['stored']);
      expect(await open().reportsAfter(0, 9)).toEqual([
        { ...bare, id: 1 },
        { ...own, id: 2 },
        { ...spam, originId: 3, id: 3 },
      ]);
    });

    test.for([
      ['the same again', {}, 'duplicate'],
      ['stored at another time, of another domain', { stored: T + 9, domain: 'example.net' }, 'duplicate'],
      ['with an id that is new', { originId: 99 }, 'duplicate'],
      ['another origin', { origin: 'mx2.example.org' }, 'stored'],
      ['another address', { ip: '203.0.113.8' }, 'stored'],
      ['another event', { event: 'relay' }, 'stored'],
      ['another time', { time: T + 1 }, 'stored'],
      ['another reporter', { reporter: 'milter' }, 'stored'],
      ['another message', { mtaId: '1rABCD-000002-2E' }, 'stored'],
      ['another sender', { sender: 'U123@example.com' }, 'stored'],
      ['another recipient', { recipient: '' }, 'stored'],
    ] as const)('%s: %s', async ([, changed, expected]) => {
      await add({});
      expect(await add(changed)).toEqual([expected]);
    });

    test('what is missing is the same as what is missing, and nothing else', async () => {
      const { sender: _s, recipient: _r, mtaId: _m, ...bare } = spam;
      expect(await open().addReport(bare)).toBe('stored');
      expect(await open().addReport(bare)).toBe('duplicate');
      for (const field of ['sender', 'recipient', 'mtaId'])
        expect(await open().addReport({ ...bare, [field]: '' })).toBe('stored');
    });

    test.for([
      ['another origin', { origin: 'mx3.example.org' }, 'stored'],
      ['written in another way', { sender: 'x', recipient: 'x', mtaId: 'x', reporter: 'x', domain: 'x' }, 'duplicate'],
      ['another time: the id was given again', { time: T + 1 }, 'stored'],
      ['another address: the same', { ip: '203.0.113.8' }, 'stored'],
      ['another event: the same', { event: 'relay' }, 'stored'],
    ] as const)('one origin and id, %s: %s', async ([, changed, expected]) => {
      const peer = { origin: 'mx2.example.org', originId: 5 };
      expect(await add(peer, { ...peer, ...changed }, { ...peer, ...changed })).toEqual([
        'stored',
        expected,
        'duplicate',
      ]);
    });

    test('a new report of ours gets no id that one of ours has already', async () => {
      expect(await add({ originId: 1 }, { originId: 1, time: T + 1 }, { time: T + 2 })).toEqual(
        Array(3).fill('stored'),
      );
      expect((await open().reportsAfter(0, 9)).map(({ originId }) => originId)).toEqual([1, 1, 3]);
    });

    test('own reports that come back from a peer keep their ids, new ones get others', async () => {
      expect(await many(3, (i) => ({ originId: 3 + i, time: T + i }))).toEqual(Array(3).fill('stored'));
      await add({ time: T + 8 }, { time: T + 9 });
      const reports = await open().reportsAfter(0, 9);
      expect(reports.map(({ id, originId }) => [id, originId])).toEqual([
        [1, 3],
        [2, 4],
        [3, 5],
        [4, 6],
        [5, 7],
      ]);
    });

    test('`ok` up to the cap of a domain and UTC day', async () => {
      const ok = (i: number) => ({ event: 'ok', time: MIDNIGHT + i, ip: `203.0.${i >> 8}.${i & 255}`, mtaId: `${i}` });
      const stored = await many(OK_PER_DAY + 1, ok);
      expect([stored.filter((it) => it === 'stored').length, stored.at(-1)]).toEqual([OK_PER_DAY, 'capped']);
      expect(
        await add(
          { ...ok(7) },
          { ...ok(5000), domain: 'example.net' },
          { ...ok(5001), domain: '203.0.19.137' },
          { ...ok(5000), time: MIDNIGHT - 1 },
          { ...ok(5000), time: MIDNIGHT + DAY },
          { ...ok(5000), time: MIDNIGHT + DAY - 1 },
          { ...ok(5000), event: 'spam' },
        ),
      ).toEqual(['duplicate', 'stored', 'stored', 'stored', 'stored', 'capped', 'stored']);
    });

    test('without a domain the cap is the address`s', async () => {
      const { domain: _, ...bare } = spam;
      const times = Array.from({ length: OK_PER_DAY }, (_, i) => MIDNIGHT + i);
      await Promise.all(times.map((time) => open().addReport({ ...bare, event: 'ok', time })));
      expect(await open().addReport({ ...bare, event: 'ok', time: MIDNIGHT + OK_PER_DAY })).toBe('capped');
      expect(await open().addReport({ ...bare, domain: bare.ip, event: 'ok', time: MIDNIGHT + OK_PER_DAY })).toBe(
        'capped',
      );
      expect(await open().addReport({ ...bare, ip: '203.0.113.8', event: 'ok', time: MIDNIGHT })).toBe('stored');
    });

    test('no address: refused, and nothing else with it', async () => {
      const others = add({}, { time: T + 1 });
      await expect(open().addReport({ ...spam, ip: 'mail.example.com' })).rejects.toThrow('not an address');
      expect(await others).toEqual(['stored', 'stored']);
    });
  });

  describe('counting', () => {
    test('nothing known', async () => {
      expect(await open().countReports(query)).toEqual({ bad: NO_BAD, good: NO_GOOD });
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
      expect(await bad({ since: start + 60, now: start + 240 })).toMatchObject({
        [fact(event)]: 2,
        newest: start + 240,
      });
    });

    test('hard_trap: each report', async () => {
      await add({ event: 'hard_trap' }, { event: 'hard_trap', time: T - 1 });
      expect(await bad()).toEqual({ ...NO_BAD, hardTrap: 2, newest: T });
    });

    test('a sender and recipient that are missing are a pair', async () => {
      const { sender: _s, recipient: _r, ...bare } = spam;
      for (const time of [T - 1, T]) await open().addReport({ ...bare, time });
      expect((await bad()).spam).toBe(1);
    });

    test('bad reports of the address, whatever its domain was then; others do not count', async () => {
      await add(
        { domain: 'example.net' },
        { ip: '203.0.113.8' },
        { event: 'odd', time: T - 1 },
        { event: 'check' },
        { event: 'ok' },
      );
      expect(await bad({ identity: 'example.org' })).toEqual({ ...NO_BAD, spam: 1, newest: T });
      expect(await bad({ since: T - 60, now: T - 1 })).toEqual(NO_BAD);
    });

    test('both ends of the time count', async () => {
      await many(5, (i) => ({ time: T - i, recipient: `${i}` }));
      expect(await bad({ since: T - 3, now: T - 1 })).toMatchObject({ spam: 3, newest: T - 1 });
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
      expect(await good({ now: T - DAY })).toEqual({ olderThanDay: 4, olderThanWeek: 2, first: before });
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
    });

    test('good reports: stops at the limit', async () => {
      for (let day = 10; day < 22; day += 1) await many(100, (i) => ({ event: 'ok', time: MIDNIGHT - day * DAY + i }));
      const limit = COUNT_LIMIT.goodForUnknown;
      const first = Array.from({ length: COUNT_LIMIT.firstGood }, (_, i) => MIDNIGHT - 21 * DAY + i);
      expect(await good()).toEqual({ olderThanDay: limit, olderThanWeek: limit, first });
    });
  });

  describe('listing', () => {
    test('what counts for a standing: bad reports of the address, good ones of the identity', async () => {
      const counting = [
        { time: T - 5 },
        { time: T, event: 'disconnect' },
        { time: query.since, event: 'ok' },
        { time: T, event: 'ok', ip: '203.0.113.8' },
      ];
      const others = [
        { event: 'check' },
        { event: 'entry_black' },
        { time: query.since - 1 },
        { time: T + 1 },
        { ip: '203.0.113.8' },
        { time: T - 7, event: 'ok', domain: 'mail.example.com' },
        { time: T + 1, event: 'ok' },
      ];
      await add(...counting, ...others);
      const shown = async (most: number, changed: Partial<typeof query> = {}) =>
        (await open().countedReports({ ...query, ...changed }, most)).map(({ originId }) => originId);
      expect(await shown(9)).toEqual([4, 2, 1, 3]);
      expect(await shown(1)).toEqual([4, 2]);
      expect(await shown(9, { ip: '203.0.113.9', identity: '203.0.113.9' })).toEqual([]);
    });

    test('in the order of storing, from an id on', async () => {
      await add({ time: T + 5 }, { time: T, event: 'check' }, { time: T + 9, event: 'ok' });
      const ids = async (id: number, limit: number) =>
        (await open().reportsAfter(id, limit)).map((report) => report.id);
      expect(await ids(0, 9)).toEqual([1, 2, 3]);
      expect(await ids(1, 1)).toEqual([2]);
      expect(await ids(3, 9)).toEqual([]);
    });

    test('where those stored from a time on begin, also when the clock went back', async () => {
      expect(await open().reportIdBefore(T)).toBe(0);
      await add({ stored: T }, { stored: T + 9, time: T + 1 }, { stored: T + 2, time: T + 2 });
      const begins = [0, T, T + 1, T + 9, T + 10, Number.POSITIVE_INFINITY].map((at) => open().reportIdBefore(at));
      expect(await Promise.all(begins)).toEqual([0, 0, 1, 1, 3, 3]);
    });

    test('newest first, of one second the last that was stored; or the other way round', async () => {
      await add(
        { time: T + 1 },
        { time: T, event: 'check' },
        { time: T, event: 'ok' },
        { time: T + 2, event: 'check' },
      );
      const shown = await wholeList(open().reports(undefined));
      expect(shown.map(({ originId }) => originId)).toEqual([4, 1, 3, 2]);
      const other = await wholeList(open().reports(undefined, 'oldest first'));
      expect(other).toEqual(shown.toReversed());
    });

    const meant = [
      ['203.0.113.7', '1 2'],
      ['203.0.113.8', '3'],
      ['203.0.113.0/24', '1 2 3'],
      ['2001:db8::/32', '4'],
      ['EXAMPLE.com', '1 2 3'],
      ['mail.example.com', '3'],
      ['7', ''],
      ['113.9', ''],
      ['', ''],
      ['u123@example.com', ''],
    ] as const;

    test('of the clients that a text means', async () => {
      await add({}, { event: 'check' }, { ip: '203.0.113.8', domain: 'mail.example.com', event: 'ok' });
      await add({ ip: '2001:db8::1', domain: 'example.net' }, { ip: '198.51.113.9', domain: '198.51.113.9' });
      for (const [text, expected] of meant) {
        const found = (await wholeList(open().reports(text))).map(({ originId }) => originId);
        expect([text, found.toSorted((a, b) => a - b).join(' ')]).toEqual([text, expected]);
      }
    });

    test('whether a mail was accepted', async () => {
      await add({ event: 'ok' }, { ip: '203.0.113.8' }, { event: 'ok', ip: '203.0.113.9', mtaId: 'x' });
      const accepted = [
        [spam.ip, spam.mtaId ?? ''],
        ['203.0.113.8', spam.mtaId ?? ''],
        ['203.0.113.9', spam.mtaId ?? ''],
        ['203.0.113.9', 'x'],
        [spam.ip, ''],
      ] as const;
      expect(await Promise.all(accepted.map(([ip, id]) => open().wasAccepted(ip, id)))).toEqual([
        true,
        false,
        false,
        true,
        false,
      ]);
    });

    test('the addresses with bad reports stored since', async () => {
      const stored = T + 1;
      await add(
        { stored: T, ip: '203.0.113.1' },
        { stored, ip: '203.0.113.2', event: 'ok' },
        { stored, event: 'check' },
      );
      await add(
        { stored, ip: '203.0.113.3' },
        { stored, ip: '203.0.113.3', event: 'relay' },
        { stored, ip: '203.0.113.4', event: 'odd' },
      );
      await add({ stored: T + 2, time: T - 50 * DAY, ip: '2001:db8::1', event: 'smtp_no_mail' });
      expect((await open().badClientsSince(T)).toSorted()).toEqual(['2001:db8::1', '203.0.113.3']);
      expect(await open().badClientsSince(T + 2)).toEqual([]);
    });
  });

  test('the newest report of what was entered by hand about a subject', async () => {
    const about = { ip: '203.0.113.0', mtaId: '203.0.113.0/24', recipient: `${T + 9} r` };
    const [white, black, removed] = ['entry_white', 'entry_black', 'entry_removed'].map((event) => ({
      ...about,
      event,
    }));
    await add({ ...white, time: T + 1 }, { ...removed, time: T + 2 }, { ...black, time: T + 2 }, { ...white, time: T });
    await add({ ...about, event: 'spam', time: T + 3 }, { ...removed, mtaId: '203.0.113.0/25', time: T + 3 });
    await add({ ...removed, ip: '203.0.113.1', time: T + 3 });
    const newest = (since: number) => open().newestEntryReport(about.ip, about.mtaId, since);
    expect(await newest(T)).toEqual({ event: 'entry_removed', time: T + 2 });
    expect(await newest(T + 2)).toEqual({ event: 'entry_removed', time: T + 2 });
    expect(await newest(T + 3)).toBeUndefined();
  });

  test('reports of what was entered by hand stay until it ends', async () => {
    const end = T + LIFETIMES.report + 9;
    await add({ event: 'entry_white', recipient: `${end} r` }, { event: 'entry_removed', recipient: `${end}` });
    await add({ event: 'entry_black', recipient: 'r' }, { event: 'spam', recipient: `${end} r` });
    const { recipient: _, ...bare } = spam;
    await open().addReport({ ...bare, event: 'entry_removed' });
    expect(await open().expire(LIFETIMES, end, 9)).toBe(3);
    expect((await open().reportsAfter(0, 9)).map(({ event }) => event)).toEqual(['entry_white', 'entry_removed']);
    expect(await open().expire(LIFETIMES, end + 1, 9)).toBe(2);
  });

  test('reports expire by their time, first attempts sooner, in steps', async () => {
    await add(
      { time: T, stored: T + 9 },
      { time: T + 1 },
      { time: T - 9, event: 'check' },
      { time: T - 8, event: 'check' },
    );
    const end = T + LIFETIMES.report;
    expect(await open().expire(LIFETIMES, T - 9 + LIFETIMES.checkReport, 9)).toBe(0);
    expect(await open().expire(LIFETIMES, T - 8 + LIFETIMES.checkReport, 9)).toBe(1);
    expect(await open().expire(LIFETIMES, end + 1, 1)).toBe(1);
    expect((await wholeList(open().reports(undefined))).map(({ event, time }) => [event, time])).toEqual([
      ['spam', T + 1],
      ['check', T - 8],
    ]);
    expect(await open().expire(LIFETIMES, end + 2, 9)).toBe(2);
    expect(await bad()).toEqual(NO_BAD);
  });
}
