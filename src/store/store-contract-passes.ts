// The promises of the port about passes, and about the tuples that earn them or are forgotten with them.
import { describe, expect, test } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import { REFRESH_AFTER } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import {
  address,
  asked,
  DAY,
  attempt,
  LIFETIMES,
  numbered,
  otherPass as other,
  pass,
  plain,
  stored,
  T,
} from './contract-samples.ts';
import type { Remembrance, Store } from './store.ts';

/** Tests them on the store that is open at the time. */
export function passContract(open: () => Store): void {
  const found = async (...passes: readonly Pass[]) => (await open().recall({ ...asked(attempt), passes })).pass;
  const admitted = async (of: Remembrance, now: number): Promise<void> =>
    open().remember({ ...of, change: 'admit' }, now);

  describe('passes', () => {
    test('the first that is there', async () => {
      expect(await found(pass, other)).toBeUndefined();
      await open().addPass(other);
      expect(await found(pass, other)).toEqual(other);
      await open().addPass(pass);
      expect(await found(pass, other)).toEqual(pass);
      expect(await found(other, pass)).toEqual(other);
      expect(await found({ ...pass, domain: 'com' }, { ...pass, client: 'com' })).toBeUndefined();
      expect(await found()).toBeUndefined();
    });

    test('one past its lifetime hides none that is alive', async () => {
      const old = { ...pass, domain: 'mail.example.com', lastSeen: asked(attempt).passesSince - 1 };
      const older = { ...old, domain: 'a.mail.example.com' };
      const alive = { ...pass, lastSeen: asked(attempt).passesSince };
      for (const one of [old, older]) await open().addPass(one);
      expect(await found(older, old, alive)).toEqual(older);
      await open().addPass(alive);
      expect(await found(older, old, alive)).toEqual(alive);
      expect(await found(alive, older)).toEqual(alive);
    });

    test('adding it again replaces it, a use refreshes it when that is due, however many checks come at once', async () => {
      await open().addPass({ ...pass, uses: 9, lastSeen: T + 100 });
      await open().addPass(pass);
      const due = T + REFRESH_AFTER + 1;
      for (const now of [due - 1, due, due]) await open().refreshPass(pass, now);
      await open().refreshPass(other, due);
      expect(await found(pass)).toEqual({ ...pass, lastSeen: due, uses: 6 });
      expect(await found(other)).toBeUndefined();
    });

    test('expire the oldest first, whichever was there first', async () => {
      await open().addPass(pass);
      await open().addPass(other);
      await open().refreshPass(pass, T + DAY + 1);
      await open().refreshPass(other, T + DAY);
      expect(await open().expire(LIFETIMES, T + DAY + 2 + LIFETIMES.pass, 1)).toBe(1);
      expect(await wholeList(open().exportPasses(0))).toMatchObject([{ client: pass.client }]);
    });

    test('expire by their last use, in steps, after tuples', async () => {
      for (const domain of ['a.test', 'b.test']) await open().addPass({ ...pass, domain });
      await open().addPass(other);
      await admitted(attempt, T);
      expect(await open().expire(LIFETIMES, T + LIFETIMES.pass, 9)).toBe(1);
      expect(await open().expire(LIFETIMES, T + LIFETIMES.pass + 1, 1)).toBe(1);
      expect(await open().expire(LIFETIMES, T + LIFETIMES.pass + 1, 9)).toBe(1);
      expect(await wholeList(open().exportPasses(0))).toEqual([other]);
    });
  });

  test('forgetting takes passes and tuples, and tells how many were there', async () => {
    await open().addPass(pass);
    await open().remember(attempt, T);
    await admitted(numbered(1, '192.0.2.1'), T);
    const tuples = [attempt.tuple, numbered(1, '192.0.2.1').tuple, numbered(2, '192.0.2.1').tuple];
    expect(await open().forget({ tuples, passes: [pass, other] })).toBe(3);
    expect(await open().forget({ tuples, passes: [pass, other] })).toBe(0);
    expect(await open().forget({})).toBe(0);
    expect(plain(await open().recall({ ...asked(attempt), passes: [pass] }))).toEqual({
      entry: undefined,
      tuple: attempt.tuple,
      pass: undefined,
      pendingOfClient: 0,
    });
  });

  describe('candidates for a pass', () => {
    const candidate = { owner: '203.0.113.7', client: '203.0.113.7', clientName: 'mail.example.com' };
    const from = (senderText: string, i: number): Remembrance => ({ ...numbered(i, '203.0.113.7'), senderText });

    test('the valid tuples of one client and sender domain are one, with all their uses', async () => {
      await admitted(from('a@Example.COM', 1), T);
      await admitted(from('b@example.com', 2), T);
      await open().remember({ ...from('b@example.com', 2), change: 'refresh' }, T + DAY);
      await open().remember(from('c@example.com', 3), T);
      await admitted(from('d@example.com', 4), T + 1);
      expect(await wholeList(open().passCandidates(T, 1))).toEqual([
        { ...candidate, senderDomain: 'example.com', uses: 3 },
      ]);
      expect(await wholeList(open().passCandidates(T - 1, 1))).toEqual([]);
    });

    test('owner, client, its name and the domain are kept apart; a sender without a domain is none', async () => {
      const base = from('a@example.com', 1);
      const all: readonly Remembrance[] = [
        base,
        from('a@mail.example.com', 2),
        { ...from('a@example.com', 3), clientName: undefined },
        { ...from('a@example.com', 4), client: address('203.0.113.8') },
        { ...from('a@example.com', 5), tuple: { ...base.tuple, client: 'example.com', recipient: '5' } },
        { ...from('', 6), nullSender: true },
        from('postmaster', 7),
      ];
      for (const one of all) await admitted(one, T);
      const expected = [
        candidate,
        { ...candidate, senderDomain: 'mail.example.com' },
        { ...candidate, clientName: undefined },
        { ...candidate, owner: '203.0.113.8', client: '203.0.113.8' },
        { ...candidate, owner: 'example.com' },
      ].map((one) => ({ senderDomain: 'example.com', uses: 1, ...one }));
      const candidates = await wholeList(open().passCandidates(T, 1));
      expect(candidates).toEqual(expect.arrayContaining(expected));
      expect(candidates).toHaveLength(expected.length);
    });

    test('enough uses of an owner and sender domain in all, one such pair after the other', async () => {
      const of = (part: string, client: string, i: number): Remembrance => ({
        ...from('a@example.com', i),
        tuple: { ...from('a@example.com', i).tuple, client: part },
        client: address(client),
      });
      const all = [
        of('2001:db8::/64', '2001:db8::1', 1),
        of('example.com', '203.0.113.7', 2),
        of('203.0.113.7', '203.0.113.7', 3),
        of('203.0.113.8', '203.0.113.8', 4),
        of('2001:db8::/64', '2001:db8::2', 5),
        of('example.com', '203.0.113.8', 6),
        of('203.0.113.0/24', '203.0.113.7', 7),
        { ...of('example.com', '203.0.113.7', 8), senderText: 'a@example.net' },
      ];
      for (const one of all) await admitted(one, T);
      const owners = (await wholeList(open().passCandidates(T, 2))).map(({ owner }) => owner);
      expect(owners.toSorted()).toEqual([
        '2001:db8::/64',
        '2001:db8::/64',
        '203.0.113.7',
        'example.com',
        'example.com',
      ]);
      expect(owners.filter((owner, i) => owner !== owners[i - 1])).toHaveLength(3);
      expect(await wholeList(open().passCandidates(T, 3))).toEqual([]);
    });

    test('none that have a pass', async () => {
      await admitted(from('a@example.com', 1), T);
      await admitted(from('a@example.net', 2), T);
      await open().addPass({ ...pass, client: candidate.owner, domain: 'example.com' });
      expect(await wholeList(open().passCandidates(T, 1))).toEqual([
        { ...candidate, senderDomain: 'example.net', uses: 1 },
      ]);
    });
  });

  test('the valid tuples of some clients', async () => {
    await admitted(attempt, T);
    await admitted({ ...attempt, tuple: { ...attempt.tuple, client: 'example.com' }, nullSender: true }, T);
    await admitted({ ...numbered(1, '2001:db8::1'), shortLived: true }, T);
    await admitted(numbered(2, '203.0.113.8'), T);
    await admitted(numbered(4, '2001:db8:0:1::1'), T);
    await open().remember(numbered(3, '203.0.113.7'), T);
    // Of IPv6 the /64 is the client.
    const tuples = await wholeList(open().validTuplesOf(['203.0.113.7', '2001:db8::2', '192.0.2.1']));
    const texts = tuples.map(({ client, tuple }) => `${client} ${tuple.client} ${tuple.recipient}`);
    expect(texts.toSorted()).toEqual([
      '2001:db8::1 203.0.113.0/24 1@example.org',
      '203.0.113.7 203.0.113.0/24 user123@example.org',
      '203.0.113.7 example.com user123@example.org',
    ]);
    expect(tuples).toContainEqual(stored(attempt, T, 'valid'));
    expect(await wholeList(open().validTuplesOf([]))).toEqual([]);
  });

  test('the valid tuples of a client may be forgotten while they are listed', async () => {
    for (let i = 0; i < 1200; i += 1) await admitted(numbered(i, '192.0.2.1'), T + (i % 3));
    let forgotten = 0;
    for await (const piece of open().validTuplesOf(['192.0.2.1']))
      forgotten += await open().forget({ tuples: piece.map(({ tuple }) => tuple) });
    expect(forgotten).toBe(1200);
  });
}
