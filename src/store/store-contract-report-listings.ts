// The promises of the port about listings of reports, and what is asked of them one by one.
import { describe, expect, test } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import { COUNTED, DAY, reportAdder, spam, T } from './contract-samples.ts';
import type { Store } from './store.ts';

/** Tests them on the store that is open at the time. */
export function reportListingContract(open: () => Store): void {
  const { add } = reportAdder(open);

  describe('listing reports', () => {
    test('what counts for a standing: bad reports of the address, good ones of the identity', async () => {
      const counting = [
        { time: T - 5 },
        { time: T, event: 'disconnect' },
        { time: COUNTED.since, event: 'ok' },
        { time: T, event: 'ok', ip: '203.0.113.8' },
      ];
      const others = [
        { event: 'check' },
        { event: 'entry_black' },
        { time: COUNTED.since - 1 },
        { time: T + 1 },
        { ip: '203.0.113.8' },
        { time: T - 7, event: 'ok', domain: 'mail.example.com' },
        { time: T + 1, event: 'ok' },
      ];
      await add(...counting, ...others);
      const shown = async (most: number, changed: Partial<typeof COUNTED> = {}) =>
        (await open().countedReports({ ...COUNTED, ...changed }, most)).map(({ originId }) => originId);
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
      const marked = { ip: '203.0.113.10' };
      await add({ event: 'ok' }, { ip: '203.0.113.8', event: 'relay' }, { event: 'ok', ip: '203.0.113.9', mtaId: 'x' });
      await add(marked);
      const accepted = [
        [spam.ip, spam.mtaId ?? ''],
        ['203.0.113.8', spam.mtaId ?? ''],
        ['203.0.113.9', spam.mtaId ?? ''],
        ['203.0.113.9', 'x'],
        [spam.ip, ''],
        [marked.ip, spam.mtaId ?? ''],
      ] as const;
      expect(await Promise.all(accepted.map(([ip, id]) => open().wasAccepted(ip, id)))).toEqual([
        true,
        false,
        false,
        true,
        false,
        true,
      ]);
    });

    test('the addresses with bad reports stored since', async () => {
      await add({ ip: '203.0.113.1' });
      const id = await open().reportIdBefore(Number.POSITIVE_INFINITY);
      await add({ ip: '203.0.113.2', event: 'ok' }, { event: 'check' });
      await add({ ip: '203.0.113.3' }, { ip: '203.0.113.3', event: 'relay' }, { ip: '203.0.113.4', event: 'odd' });
      // Also by a clock that was put back.
      await add({ stored: T - 1, time: T - 50 * DAY, ip: '2001:db8::1', event: 'smtp_no_mail' });
      expect((await open().badClientsAfter(id)).toSorted()).toEqual(['2001:db8::1', '203.0.113.3']);
      const last = await open().reportIdBefore(Number.POSITIVE_INFINITY);
      expect([last - id, await open().badClientsAfter(last)]).toEqual([6, []]);
    });

    test('the newest report of what was entered by hand about a subject', async () => {
      const about = { ip: '203.0.113.0', mtaId: '203.0.113.0/24', recipient: `${T + 9} r` };
      const [white, black, removed] = ['entry_white', 'entry_black', 'entry_removed'].map((event) => ({
        ...about,
        event,
      }));
      await add(
        { ...white, time: T + 1 },
        { ...black, time: T + 2 },
        { ...removed, time: T + 2 },
        { ...white, time: T + 2 },
        { ...white, time: T },
      );
      await add({ ...about, event: 'spam', time: T + 3 }, { ...removed, mtaId: '203.0.113.0/25', time: T + 3 });
      await add({ ...removed, ip: '203.0.113.1', time: T + 3 });
      const newest = (since: number) => open().newestEntryReport(about.ip, about.mtaId, since);
      expect(await newest(T)).toEqual({ event: 'entry_removed', time: T + 2 });
      expect(await newest(T + 2)).toEqual({ event: 'entry_removed', time: T + 2 });
      expect(await newest(T + 3)).toBeUndefined();
      await add({ ...white, time: T + 3 });
      expect(await newest(T)).toEqual({ event: 'entry_white', time: T + 3 });
    });
  });
}
