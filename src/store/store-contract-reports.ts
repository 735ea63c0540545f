// The promises of the port about storing reports and how long they stay.
import { describe, expect, test } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import { NO_BAD } from '../policy/facts.ts';
import { OK_PER_DAY } from './bad-events.ts';
import { COUNTED, DAY, LIFETIMES, MIDNIGHT, reportAdder, spam, T } from './contract-samples.ts';
import type { Store } from './store.ts';

/** Tests them on the store that is open at the time. */
export function reportContract(open: () => Store): void {
  const { add, many } = reportAdder(open);

  describe('storing reports', () => {
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

    test('a report of another server takes no id from ours', async () => {
      await add({ origin: 'mx2.example.org', originId: 2 }, {});
      expect((await open().reportsAfter(0, 9)).map(({ originId }) => originId)).toEqual([2, 2]);
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
      await add({ time: MIDNIGHT });
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
    const oldest = T - 20;
    await add(
      { time: oldest + 1 },
      { time: oldest, stored: T + 9 },
      { time: T - 9, event: 'check' },
      { time: T - 8, event: 'check' },
    );
    const end = oldest + LIFETIMES.report;
    expect(await open().expire(LIFETIMES, T - 9 + LIFETIMES.checkReport, 9)).toBe(0);
    expect(await open().expire(LIFETIMES, T - 8 + LIFETIMES.checkReport, 9)).toBe(1);
    expect(await open().expire(LIFETIMES, end + 2, 1)).toBe(1);
    expect((await wholeList(open().reports(undefined))).map(({ event, time }) => [event, time])).toEqual([
      ['check', T - 8],
      ['spam', oldest + 1],
    ]);
    expect(await open().expire(LIFETIMES, end + 2, 9)).toBe(2);
    expect((await open().countReports(COUNTED)).bad).toEqual(NO_BAD);
  });
}
