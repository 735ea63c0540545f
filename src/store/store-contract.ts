// Every promise of the port as tests. Each backend's test file calls this with a way to open it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Address, parseAddress } from '../policy/address.ts';
import type { Change } from '../policy/decide.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import type { Lifetimes, Remembrance, Store } from './store.ts';

/** How the contract opens a backend. */
export interface Backend {
  /** A store with nothing in it. */
  open(): Promise<Store>;
  /** For those that keep what they know: closes the store and opens it again. */
  reopen?(store: Store): Promise<Store>;
}

const T = 1_700_000_000;
const DAY = 86_400;
const LIFETIMES: Lifetimes = { pending: 3 * DAY, pendingNullSender: DAY, valid: 14 * DAY };

const attempt: Remembrance = {
  tuple: { client: '203.0.113.0/24', sender: 'example.com', recipient: 'user123@example.org' },
  client: address('203.0.113.7'),
  change: 'record',
  nullSender: false,
  senderText: 'u123@example.com',
  clientName: 'mail.example.com',
};

/** Tests every promise of the port on a backend. */
export function storeContract(name: string, backend: Backend): void {
  describe(`the promises of a store, kept by the ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await backend.open();
    });
    afterEach(async () => {
      await store[Symbol.asyncDispose]();
    });

    const entry = async (of: Remembrance = attempt) => (await store.recall(of)).entry;
    const pending = async (client: string) =>
      (await store.recall({ tuple: attempt.tuple, client: address(client) })).pendingOfClient;
    const make = async (change: Change, now: number, of: Remembrance = attempt): Promise<void> =>
      store.remember({ ...of, change }, now);
    const shown = async (text?: string, limit = 100) =>
      (await store.tuples({ text, limit })).map(({ tuple }) => tuple.recipient);

    describe('the life of a tuple', () => {
      const state = { none: [], pending: ['record'], valid: ['record', 'validate'] } as const;
      const first = { state: 'pending', firstSeen: T + 9, lastSeen: T + 9 };
      const pendingNow = { state: 'pending', firstSeen: T, lastSeen: T };
      const validNow = { state: 'valid', firstSeen: T, lastSeen: T };
      test.for([
        ['none', 'none', undefined],
        ['none', 'record', first],
        ['none', 'restart', first],
        ['none', 'validate', undefined],
        ['none', 'refresh', undefined],
        ['none', 'forget', undefined],
        ['pending', 'none', pendingNow],
        ['pending', 'record', pendingNow],
        ['pending', 'restart', first],
        ['pending', 'validate', { ...first, state: 'valid' }],
        ['pending', 'refresh', pendingNow],
        ['pending', 'forget', undefined],
        ['valid', 'none', validNow],
        ['valid', 'record', validNow],
        ['valid', 'restart', first],
        ['valid', 'validate', validNow],
        ['valid', 'refresh', { ...validNow, lastSeen: T + 9 }],
        ['valid', 'forget', undefined],
      ] as const)('%s, %s', async ([before, change, after]) => {
        for (const step of state[before]) await make(step, T);
        await make(change, T + 9);
        expect(await entry()).toEqual(after);
        expect(await pending('203.0.113.7')).toBe(after?.state === 'pending' ? 1 : 0);
      });

      test('a refresh keeps the first time, however often', async () => {
        for (const [change, now] of [
          ['record', T],
          ['validate', T + 1],
          ['refresh', T + 2],
          ['refresh', T + 2],
        ] as const) {
          await make(change, now);
        }
        expect(await entry()).toEqual({ state: 'valid', firstSeen: T + 1, lastSeen: T + 2 });
        expect((await store.tuples({ text: undefined, limit: 1 }))[0]?.uses).toBe(3);
        await make('restart', T + 3);
        expect((await store.tuples({ text: undefined, limit: 1 }))[0]?.uses).toBe(1);
      });

      test('what a bounce recorded may be validated by another sender', async () => {
        await make('record', T, { ...attempt, nullSender: true });
        await make('validate', T + 1);
        expect(await store.tuples({ text: undefined, limit: 9 })).toMatchObject([{ state: 'valid', nullSender: true }]);
      });
    });

    test('another client of the same network has the same tuple and a count of its own', async () => {
      await make('record', T);
      const neighbour = { ...attempt, client: address('203.0.113.8') };
      expect(await entry(neighbour)).toEqual({ state: 'pending', firstSeen: T, lastSeen: T });
      expect(await pending('203.0.113.8')).toBe(0);
      await make('validate', T + 300, neighbour);
      expect(await pending('203.0.113.7')).toBe(0);
    });

    test('a restart counts for the client that it came from', async () => {
      await make('record', T);
      await make('restart', T + 1, { ...attempt, client: address('203.0.113.8') });
      expect([await pending('203.0.113.7'), await pending('203.0.113.8')]).toEqual([0, 1]);
    });

    test('pending entries are counted by IPv4 address and by IPv6 /64', async () => {
      const clients = [
        '192.0.2.1',
        '192.0.2.1',
        '192.0.2.2',
        '2001:db8::1',
        '2001:db8::ffff:2',
        '2001:db8:0:1::1',
        '::1',
      ];
      for (const [i, client] of clients.entries()) await make('record', T, numbered(i, client));
      const asked = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '2001:db8::9', '2001:db8:0:1::9', '2001:db8:0:2::9', '::2'];
      expect(await Promise.all(asked.map(pending))).toEqual([2, 1, 0, 2, 1, 0, 1]);
      await make('forget', T, numbered(4, '2001:db8::7'));
      expect(await pending('2001:db8::9')).toBe(1);
    });

    test('a tuple whose client part has nothing to do with the client', async () => {
      for (const part of ['', '198.51.100.0/24', '198.51.100.9', '2001:db8::/64', 'example.net']) {
        const odd = { ...attempt, tuple: { ...attempt.tuple, client: part } };
        await make('record', T, odd);
        expect(await store.tuples({ text: undefined, limit: 9 })).toMatchObject([
          { tuple: odd.tuple, client: '203.0.113.7' },
        ]);
        await make('forget', T, odd);
        expect(await pending('203.0.113.7')).toBe(0);
      }
    });

    test('tuples never collide', async () => {
      const texts = ['', '<>', 'a', 'A', 'a\nb', 'a\0b', 'b', '7', '07', '203.0.113.0/24', '203.0.113.0', 'é', '1.2.3'];
      const clients = [...texts, '203.0.113.1/24', '3.0.1.0/24', '2001:db8::/64', '2001:db8::', '2001:db8:0::/64'];
      const tuples = clients.flatMap((client) =>
        texts.flatMap((sender) => ['', 'a', 'b', 'a\nb'].map((recipient) => ({ client, sender, recipient }))),
      );
      await Promise.all(tuples.map((tuple, i) => make('record', T + i, { ...attempt, tuple })));
      const found = await Promise.all(tuples.map((tuple) => entry({ ...attempt, tuple })));
      expect(found.map((one) => one?.firstSeen)).toEqual(tuples.map((_, i) => T + i));
      expect(await store.count()).toEqual({ pending: tuples.length, valid: 0 });
    });

    test('of many attempts at once the first is kept', async () => {
      await Promise.all(Array.from({ length: 50 }, (_, i) => make('record', T + i)));
      expect(await entry()).toEqual({ state: 'pending', firstSeen: T, lastSeen: T });
      expect(await pending('203.0.113.7')).toBe(1);
      const many = Array.from({ length: 500 }, (_, i) => numbered(i, '192.0.2.1'));
      await Promise.all(many.map((one) => make('record', T, one)));
      await Promise.all(many.map((one, i) => make(i % 2 === 0 ? 'validate' : 'none', T + 9, one)));
      expect(await store.count()).toEqual({ pending: 251, valid: 250 });
      expect(await pending('192.0.2.1')).toBe(250);
    });

    describe('expiry', () => {
      test.for([
        ['pending', { ...attempt }, [], LIFETIMES.pending],
        ['a pending bounce', { ...attempt, nullSender: true }, [], LIFETIMES.pendingNullSender],
        ['valid', { ...attempt }, ['validate'], LIFETIMES.valid],
        ['valid, recorded by a bounce', { ...attempt, nullSender: true }, ['validate'], LIFETIMES.valid],
      ] as const)('%s: gone once its lifetime has passed, not before', async ([, one, changes, lifetime]) => {
        await make('record', T, one);
        for (const change of changes) await make(change, T, one);
        expect(await store.expire(LIFETIMES, T + lifetime, 10)).toBe(0);
        expect(await store.expire(LIFETIMES, T + lifetime + 1, 10)).toBe(1);
        expect(await entry(one)).toBeUndefined();
        expect(await pending('203.0.113.7')).toBe(0);
      });

      test('counts from the last refresh', async () => {
        await make('record', T);
        await make('validate', T);
        await make('refresh', T + DAY);
        expect(await store.expire(LIFETIMES, T + DAY + LIFETIMES.valid, 10)).toBe(0);
        expect(await store.expire(LIFETIMES, T + DAY + LIFETIMES.valid + 1, 10)).toBe(1);
      });

      test('goes in steps, pending first, and leaves what lives', async () => {
        for (let i = 0; i < 7; i += 1) await make('record', T - i, numbered(i, '192.0.2.1'));
        for (const i of [0, 1]) await make('validate', T, numbered(i, '192.0.2.1'));
        await make('record', T + 20 * DAY, attempt);
        const now = T + 20 * DAY;
        expect(await store.expire(LIFETIMES, now, 0)).toBe(0);
        expect(await store.expire(LIFETIMES, now, 4)).toBe(4);
        expect(await store.count()).toEqual({ pending: 2, valid: 2 });
        expect(await pending('192.0.2.1')).toBe(1);
        expect(await store.expire(LIFETIMES, now, 4)).toBe(3);
        expect(await shown()).toEqual([attempt.tuple.recipient]);
      });

      test('a clock that was ahead for a while holds up nothing', async () => {
        await make('record', T + 1000 * DAY, numbered(1, '192.0.2.1'));
        await make('record', T, numbered(2, '192.0.2.1'));
        expect(await store.expire(LIFETIMES, T + 4 * DAY, 10)).toBe(1);
        expect(await shown()).toEqual(['1@example.org']);
      });
    });

    describe('listings', () => {
      test('show what was remembered', async () => {
        const spellings = ['u123@example.com', 'example.com', 'U1@Example.COM', 'x@', '@example.com', ''];
        for (const senderText of spellings) {
          const one: Remembrance = { ...attempt, senderText, nullSender: senderText === '', clientName: undefined };
          await make('restart', T, one);
          expect(await store.tuples({ text: undefined, limit: 9 })).toEqual([storedFirst(one, T)]);
        }
        const v6: Remembrance = { ...attempt, client: address('2001:db8:1:2:3::4') };
        const parts = ['2001:db8:1:2::/64', '2001:db8:1:2:3::4', ''];
        for (const client of parts) {
          const one = { ...v6, tuple: { ...v6.tuple, client } };
          await make('record', T + 1, one);
          expect(await store.tuples({ text: undefined, limit: 1 })).toEqual([storedFirst(one, T + 1)]);
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

      test.for([
        ['203.0.113.7', 'v4'],
        ['203.0.113.8', ''],
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
      ] as const)('%s', async ([text, expected]) => {
        const v6 = { client: address('2001:db8::1'), clientName: undefined };
        const all = {
          v4: { ...attempt, tuple: { ...attempt.tuple, recipient: 'user1@example.org' } },
          v6: {
            ...attempt,
            ...v6,
            tuple: { client: '', sender: '', recipient: 'example.org' },
            senderText: 'x@a.test',
          },
          bounce: { ...attempt, ...v6, nullSender: true, senderText: '' },
        };
        const bounce = { ...all.bounce, tuple: { client: '', sender: '<>', recipient: 'user1@example.org' } };
        for (const one of [all.v4, all.v6, bounce]) await make('record', T, one);
        const names = (await store.tuples({ text, limit: 9 })).map((one) =>
          one.nullSender ? 'bounce' : one.client.includes(':') ? 'v6' : 'v4',
        );
        expect(names.toSorted()).toEqual(expected.split(' ').filter(Boolean).toSorted());
      });
    });

    test.runIf(backend.reopen !== undefined)('what was remembered is there when it is opened again', async () => {
      await make('record', T);
      await make('record', T, numbered(1, '192.0.2.1'));
      await make('validate', T + 9, numbered(1, '192.0.2.1'));
      const before = await store.tuples({ text: undefined, limit: 9 });
      const unanswered = make('record', T, numbered(2, '2001:db8::1'));
      store = (await backend.reopen?.(store)) ?? store;
      await unanswered;
      expect(before).toHaveLength(2);
      expect(await store.tuples({ text: undefined, limit: 9 })).toEqual(expect.arrayContaining([...before]));
      expect(await store.count()).toEqual({ pending: 2, valid: 1 });
      expect(await pending('203.0.113.7')).toBe(1);
      await make('record', T, numbered(3, '203.0.113.7'));
      expect(await pending('203.0.113.7')).toBe(2);
    });
  });
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
}

function numbered(i: number, client: string): Remembrance {
  return { ...attempt, client: address(client), tuple: { ...attempt.tuple, recipient: `${i}@example.org` } };
}

function storedFirst(of: Remembrance, now: number): StoredTuple {
  const { tuple, client, clientName, senderText, nullSender } = of;
  const seen = { state: 'pending', firstSeen: now, lastSeen: now, uses: 1 } as const;
  return { tuple, client: client.text, clientName, senderText, nullSender, ...seen };
}
