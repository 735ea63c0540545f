// The promises of the port about listings of tuples.
import { describe, expect, test } from 'vitest';
import type { Change } from '../policy/decide.ts';
import { address, attempt, numbered, stored, T } from './contract-samples.ts';
import type { Remembrance, Store } from './store.ts';

/** Tests them on the store that is open at the time. */
export function tupleListingContract(open: () => Store): void {
  const make = async (change: Change, now: number, of: Remembrance): Promise<void> =>
    open().remember({ ...of, change }, now);
  const shown = async (text?: string, limit = 100) =>
    (await open().tuples({ text, limit })).map(({ tuple }) => tuple.recipient);

  describe('listing tuples', () => {
    test('show what was remembered', async () => {
      const spellings = ['u123@example.com', 'example.com', 'U1@Example.COM', 'x@', '@example.com', ''];
      for (const senderText of spellings) {
        const one: Remembrance = { ...attempt, senderText, nullSender: senderText === '', clientName: undefined };
        await make('restart', T, one);
        expect(await open().tuples({ text: undefined, limit: 9 })).toEqual([stored(one, T)]);
      }
      const v6: Remembrance = { ...attempt, client: address('2001:db8:1:2:3::4') };
      const parts = ['2001:db8:1:2::/64', '2001:db8:1:2:3::4', ''];
      for (const client of parts) {
        const one = { ...v6, tuple: { ...v6.tuple, client } };
        await make('record', T + 1, one);
        expect(await open().tuples({ text: undefined, limit: 1 })).toEqual([stored(one, T + 1)]);
        await make('forget', T + 1, one);
      }
    });

    test('newest first, pending and valid together, at most the limit', async () => {
      for (const i of [3, 1, 4, 2]) await make('record', T + i, numbered(i, '192.0.2.1'));
      await make('record', T, { ...numbered(0, '192.0.2.1'), nullSender: true });
      await make('validate', T + 9, numbered(2, '192.0.2.1'));
      expect(await shown()).toEqual([2, 4, 3, 1, 0].map((i) => `${i}@example.org`));
      expect(await shown(undefined, 2)).toEqual(['2@example.org', '4@example.org']);
      expect(await shown(undefined, 0)).toEqual([]);
    });

    const meant = [
      ['203.0.113.7', 'v4'],
      ['203.0.113.8', 'v4'],
      ['203.0.114.8', ''],
      ['203.0.113.0/24', 'v4'],
      ['203.0.0.0/16', 'v4'],
      ['2001:DB8:0::1', 'v6 bounce'],
      ['2001:db8::/32', 'v6 bounce'],
      ['mail.example.com', 'v4'],
      ['example.com', 'v4'],
      ['xample.com', ''],
      ['com', 'v4'],
      ['U123@example.com', 'v4'],
      ['123@example.com', ''],
      ['user1@example.org', 'v4 bounce'],
      ['example.org', 'v4 bounce v6'],
      ['<>', 'bounce'],
      ['example.net', ''],
      ['', ''],
    ] as const;

    test('of what a text means', async () => {
      const v6 = { client: address('2001:db8::1'), clientName: undefined };
      const all: readonly Remembrance[] = [
        { ...attempt, tuple: { ...attempt.tuple, recipient: 'user1@example.org' } },
        { ...attempt, ...v6, tuple: { client: '', sender: '', recipient: 'example.org' }, senderText: 'x@a.test' },
        {
          ...attempt,
          ...v6,
          nullSender: true,
          senderText: '',
          tuple: { client: '', sender: '<>', recipient: 'user1@example.org' },
        },
      ];
      for (const one of all) await make('record', T, one);
      for (const [text, expected] of meant) {
        const names = (await open().tuples({ text, limit: 9 })).map((one) =>
          one.nullSender ? 'bounce' : one.client.includes(':') ? 'v6' : 'v4',
        );
        expect([text, ...names.toSorted()]).toEqual([text, ...expected.split(' ').filter(Boolean).toSorted()]);
      }
    });
  });
}
