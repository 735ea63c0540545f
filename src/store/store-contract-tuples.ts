// The promises of the port about the life of tuples, and what a check recalls of them.
import { describe, expect, test } from 'vitest';
import type { Change } from '../policy/decide.ts';
import { REFRESH_AFTER } from '../policy/greylist.ts';
import { address, asked, attempt, DAY, LIFETIMES, numbered, plain, T } from './contract-samples.ts';
import type { Remembrance, Store } from './store.ts';

/** Tests them on the store that is open at the time. */
export function tupleContract(open: () => Store): void {
  const entry = async (of: Remembrance = attempt) => (await open().recall(asked(of))).entry;
  const pending = async (client: string) =>
    (await open().recall({ ...asked(attempt), client: address(client) })).pendingOfClient;
  const make = async (change: Change, now: number, of: Remembrance = attempt): Promise<void> =>
    open().remember({ ...of, change }, now);
  const shown = async () => (await open().tuples({ text: undefined, limit: 100 })).map(({ tuple }) => tuple.recipient);

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
      ['valid', 'refresh', validNow],
      ['valid', 'forget', undefined],
      ['none', 'admit', { ...first, state: 'valid' }],
      ['pending', 'admit', { ...first, state: 'valid' }],
      ['valid', 'admit', validNow],
    ] as const)('%s, %s', async ([before, change, after]) => {
      for (const step of state[before]) await make(step, T);
      await make(change, T + 9);
      expect(await entry()).toEqual(after);
      // By then a first attempt that came too late is gone, too.
      await open().count();
      expect(await pending('203.0.113.7')).toBe(after?.state === 'pending' ? 1 : 0);
    });

    test('a refresh keeps the first time, and is a use only when it is due, however many checks come at once', async () => {
      const later = T + 2 + REFRESH_AFTER;
      const last = later + 1 + REFRESH_AFTER;
      for (const [change, now] of [
        ['record', T],
        ['validate', T + 1],
        ['refresh', later - 1],
        ['refresh', later],
        ['refresh', later],
        ['refresh', last],
        ['validate', last + 1 + REFRESH_AFTER],
      ] as const) {
        await make(change, now);
      }
      expect(await entry()).toEqual({ state: 'valid', firstSeen: T + 1, lastSeen: last });
      expect((await open().tuples({ text: undefined, limit: 1 }))[0]?.uses).toBe(3);
      await make('restart', later + 1);
      expect((await open().tuples({ text: undefined, limit: 1 }))[0]?.uses).toBe(1);
      await make('refresh', later + 2 + REFRESH_AFTER);
      expect(await entry()).toEqual({ state: 'pending', firstSeen: later + 1, lastSeen: later + 1 });
    });

    test('what has passed and is forgotten was not pending any more', async () => {
      await make('restart', T, numbered(1, '203.0.113.7'));
      await make('admit', T);
      await make('forget', T);
      expect(await pending('203.0.113.7')).toBe(1);
    });

    test('what is valid is admitted again without a change until its refresh is due', async () => {
      await make('admit', T);
      await make('admit', T + REFRESH_AFTER);
      expect(await entry()).toEqual({ state: 'valid', firstSeen: T, lastSeen: T });
      await make('admit', T + REFRESH_AFTER + 1);
      expect(await entry()).toEqual({ state: 'valid', firstSeen: T, lastSeen: T + REFRESH_AFTER + 1 });
      expect(await open().tuples({ text: undefined, limit: 9 })).toMatchObject([
        { uses: 2, senderText: 'u123@example.com' },
      ]);
    });

    test('what a bounce recorded may be validated by another sender', async () => {
      await make('record', T, { ...attempt, nullSender: true });
      await make('validate', T + 1);
      expect(await open().tuples({ text: undefined, limit: 9 })).toMatchObject([{ state: 'valid', nullSender: true }]);
    });
  });

  describe('a recall by several tuples', () => {
    const own = { ...attempt.tuple, client: 'example.com' };
    const site = attempt.tuple;
    const third = { ...attempt.tuple, client: '' };
    test.for([
      ['none is there', [], 0],
      ['the first', [own], 0],
      ['the second', [site], 1],
      ['the last', [third], 2],
      ['the first of several', [third, own, site], 0],
      ['the second of several', [third, site], 1],
    ] as const)('%s', async ([, recorded, found]) => {
      const tuples = [own, site, third];
      for (const tuple of recorded) await make('record', T, { ...attempt, tuple });
      const recalled = await open().recall({ ...asked(attempt), tuples });
      expect(plain(recalled)).toEqual({
        tuple: tuples[found],
        entry: recorded.length === 0 ? undefined : { state: 'pending', firstSeen: T, lastSeen: T },
        pass: undefined,
        pendingOfClient: recorded.length,
      });
    });
  });

  test('pending entries are counted when they are asked for: those made since the recall count', async () => {
    const recalled = await open().recall(asked(attempt));
    await make('record', T);
    expect(recalled).toMatchObject({ entry: undefined });
    expect(recalled.pendingOfClient).toBe(1);
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
      '2001:db8::ff00:0:0:2',
      '2001:db8:0:1::1',
      '::1',
    ];
    for (const [i, client] of clients.entries()) await make('record', T, numbered(i, client));
    const asked = [
      ['192.0.2.1', 2],
      ['192.0.2.2', 1],
      ['192.0.2.3', 0],
      ['2001:db8::9', 2],
      ['2001:db8:0:1::9', 1],
      ['2001:db8:0:2::9', 0],
      ['3001:db8::1', 0],
      ['::2', 1],
    ] as const;
    const counted = await Promise.all(asked.map(async ([client]) => [client, await pending(client)]));
    expect(counted).toEqual(asked);
    await make('forget', T, numbered(4, '2001:db8::7'));
    expect(await pending('2001:db8::9')).toBe(1);
  });

  test.for(['203.0.113.7', '2001:db8::1', 'c633:6409::1'])(
    'a tuple whose client part has nothing to do with the client %s',
    async (client) => {
      for (const part of ['', '198.51.100.0/24', '198.51.100.9', '2001:db8:0:1::/64', 'example.net']) {
        const odd = { ...attempt, client: address(client), tuple: { ...attempt.tuple, client: part } };
        await make('record', T, odd);
        expect(await open().tuples({ text: undefined, limit: 9 })).toMatchObject([{ tuple: odd.tuple, client }]);
        await make('forget', T, odd);
        expect(await pending(client)).toBe(0);
      }
    },
  );

  test('tuples never collide', async () => {
    const texts = ['', '<>', 'a', 'A', 'a\nb', 'a\0b', 'b', '7', '07', '203.0.113.0/24', '203.0.113.0', 'é', '1.2.3'];
    const clients = [...texts, '203.0.113.1/24', '3.0.1.0/24', '2001:db8::/64', '2001:db8::', '2001:db8:0::/64'];
    const tuples = clients.flatMap((client) =>
      texts.flatMap((sender) => ['', 'a', 'b', 'a\nb'].map((recipient) => ({ client, sender, recipient }))),
    );
    await Promise.all(tuples.map((tuple, i) => make('record', T + i, { ...attempt, tuple })));
    const found = await Promise.all(tuples.map((tuple) => entry({ ...attempt, tuple })));
    expect(found.map((one) => one?.firstSeen)).toEqual(tuples.map((_, i) => T + i));
    expect(await open().count()).toEqual({ pending: tuples.length, valid: 0 });
  });

  test('of many attempts at once the first is kept', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => make('record', T + i)));
    expect(await entry()).toEqual({ state: 'pending', firstSeen: T, lastSeen: T });
    expect(await pending('203.0.113.7')).toBe(1);
    const many = Array.from({ length: 500 }, (_, i) => numbered(i, '192.0.2.1'));
    await Promise.all(many.map((one) => make('record', T, one)));
    await Promise.all(many.map((one, i) => make(i % 2 === 0 ? 'validate' : 'none', T + 9, one)));
    expect(await open().count()).toEqual({ pending: 251, valid: 250 });
    expect(await pending('192.0.2.1')).toBe(250);
  });

  describe('expiry', () => {
    test.for([
      ['pending', { ...attempt }, [], LIFETIMES.pending],
      ['a pending shortLived', { ...attempt, shortLived: true }, [], LIFETIMES.pendingShort],
      [
        'a pending bounce whose domain cannot fit',
        { ...attempt, nullSender: true, shortLived: true },
        [],
        LIFETIMES.pendingNullSender,
      ],
      ['a pending bounce', { ...attempt, nullSender: true }, [], LIFETIMES.pendingNullSender],
      ['valid', { ...attempt }, ['validate'], LIFETIMES.valid],
      ['a valid shortLived', { ...attempt, shortLived: true }, ['validate'], LIFETIMES.validShort],
      ['an admitted shortLived', { ...attempt, shortLived: true, change: 'admit' }, [], LIFETIMES.validShort],
      ['valid, recorded by a bounce', { ...attempt, nullSender: true }, ['validate'], LIFETIMES.valid],
    ] as const)('%s: gone once its lifetime has passed, not before', async ([, one, changes, lifetime]) => {
      await make(one.change, T, one);
      for (const change of changes) await make(change, T, one);
      expect(await open().expire(LIFETIMES, T + lifetime, 10)).toBe(0);
      expect(await open().expire(LIFETIMES, T + lifetime + 1, 10)).toBe(1);
      expect(await entry(one)).toBeUndefined();
      expect(await pending('203.0.113.7')).toBe(0);
    });

    test.for([
      ['valid', attempt, LIFETIMES.valid],
      ['a valid shortLived', { ...attempt, shortLived: true }, LIFETIMES.validShort],
    ] as const)('%s: counts from the last refresh', async ([, one, lifetime]) => {
      await make('record', T, one);
      await make('validate', T, one);
      await make('refresh', T + DAY, one);
      expect(await open().expire(LIFETIMES, T + DAY + lifetime, 10)).toBe(0);
      expect(await open().expire(LIFETIMES, T + DAY + lifetime + 1, 10)).toBe(1);
    });

    test('goes in steps, pending first, and leaves what lives', async () => {
      for (let i = 0; i < 7; i += 1) await make('record', T - i, numbered(i, '192.0.2.1'));
      for (const i of [0, 1]) await make('validate', T, numbered(i, '192.0.2.1'));
      await make('record', T + 20 * DAY, attempt);
      const now = T + 20 * DAY;
      expect(await open().expire(LIFETIMES, now, 0)).toBe(0);
      expect(await open().expire(LIFETIMES, now, 4)).toBe(4);
      expect(await open().count()).toEqual({ pending: 2, valid: 2 });
      expect((await shown()).toSorted()).toEqual([
        ...[0, 1, 2].map((i) => `${i}@example.org`),
        attempt.tuple.recipient,
      ]);
      expect(await pending('192.0.2.1')).toBe(1);
      expect(await open().expire(LIFETIMES, now, 4)).toBe(3);
      expect(await shown()).toEqual([attempt.tuple.recipient]);
    });

    test('goes in steps also where many came in one second', async () => {
      for (let i = 0; i < 5; i += 1) await make('record', T, numbered(i, '192.0.2.1'));
      expect(await open().expire(LIFETIMES, T + 20 * DAY, 2)).toBe(2);
      expect(await open().count()).toEqual({ pending: 3, valid: 0 });
      expect(await pending('192.0.2.1')).toBe(3);
    });

    test('a clock that was ahead for a while holds up nothing', async () => {
      await make('record', T + 1000 * DAY, numbered(1, '192.0.2.1'));
      await make('record', T, numbered(2, '192.0.2.1'));
      expect(await open().expire(LIFETIMES, T + 4 * DAY, 10)).toBe(1);
      expect(await shown()).toEqual(['1@example.org']);
    });
  });
}
