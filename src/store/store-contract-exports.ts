// The promises of the port about exports and imports of tuples and passes.
import { describe, expect, test } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import { asked, attempt, DAY, LIFETIMES, numbered, otherPass as other, pass, stored, T } from './contract-samples.ts';
import type { Store } from './store.ts';

/** Tests them on the store that is open at the time. */
export function exportContract(open: () => Store): void {
  const found = async (key: Pass) => (await open().recall({ ...asked(attempt), passes: [key] })).pass;

  describe('exports and imports', () => {
    test('all of a state that was seen later, each once', async () => {
      for (let i = 0; i < 1200; i += 1) await open().remember(numbered(i, '192.0.2.1'), T + (i % 3));
      await open().remember({ ...numbered(1, '192.0.2.1'), change: 'validate' }, T + 9);
      await open().remember({ ...attempt, nullSender: true }, T + 9);
      const pending = await wholeList(open().exportTuples('pending', T));
      expect(new Set(pending.map(({ tuple }) => tuple.recipient)).size).toBe(800);
      expect(pending).toHaveLength(800);
      expect(await wholeList(open().exportTuples('pending', T + 8))).toEqual([
        stored({ ...attempt, nullSender: true }, T + 9),
      ]);
      expect(await wholeList(open().exportTuples('valid', T + 8))).toEqual([
        stored(numbered(1, '192.0.2.1'), T + 9, 'valid'),
      ]);
      expect(await wholeList(open().exportTuples('valid', T + 9))).toEqual([]);
    });

    test('an export may be left in the middle', async () => {
      for (let i = 0; i < 1200; i += 1) await open().remember(numbered(i, '192.0.2.1'), T);
      for await (const piece of open().exportTuples('pending', 0)) {
        expect(piece.length).toBeLessThan(1200);
        break;
      }
      expect(await wholeList(open().exportTuples('pending', 0))).toHaveLength(1200);
    });

    test('what is used while an export runs is not left out', async () => {
      for (let i = 0; i < 1200; i += 1) await open().remember({ ...numbered(i, '192.0.2.1'), change: 'admit' }, T + i);
      const exported = new Set<string>();
      for await (const piece of open().exportTuples('valid', 0)) {
        for (const { tuple } of piece) exported.add(tuple.recipient);
        for (const i of [0, 1199]) await open().remember({ ...numbered(i, '192.0.2.1'), change: 'refresh' }, T + DAY);
      }
      expect(exported.size).toBe(1200);
    });

    test('passes', async () => {
      await open().addPass(pass);
      await open().addPass(other);
      await open().addPass({ ...other, client: 'a.test' });
      expect(await wholeList(open().exportPasses(T))).toEqual(
        expect.arrayContaining([{ ...other, client: 'a.test' }, other]),
      );
      expect(await wholeList(open().exportPasses(T))).toHaveLength(2);
      expect(await wholeList(open().exportPasses(T - 1))).toHaveLength(3);
    });

    test('what is imported is there as it is', async () => {
      const tuples: readonly StoredTuple[] = [
        { ...stored(attempt, T), firstSeen: T - 100, uses: 7 },
        { ...stored(numbered(1, '2001:db8::1'), T, 'valid'), firstSeen: T - DAY, clientName: undefined },
        { ...stored(numbered(2, '203.0.113.7'), T), nullSender: true, senderText: '' },
      ];
      expect(await open().importTuples(tuples)).toBe(3);
      const all = await open().tuples({ text: undefined, limit: 9 });
      expect(all).toEqual(expect.arrayContaining([...tuples]));
      expect(all).toHaveLength(3);
      expect((await open().recall(asked(attempt))).pendingOfClient).toBe(2);
      for (const lifetime of [LIFETIMES.pendingNullSender, LIFETIMES.pending, LIFETIMES.valid]) {
        expect(await open().expire(LIFETIMES, T + lifetime, 9)).toBe(0);
        expect(await open().expire(LIFETIMES, T + lifetime + 1, 9)).toBe(1);
      }
    });

    test('what is imported becomes valid, as what came here does', async () => {
      await open().importTuples([{ ...stored(attempt, T), firstSeen: T - 100 }]);
      await open().remember({ ...attempt, change: 'validate' }, T + 9);
      const entry = { state: 'valid', firstSeen: T + 9, lastSeen: T + 9 };
      expect((await open().recall(asked(attempt))).entry).toEqual(entry);
    });

    test('of two that are valid the one that lets pass for longer stays', async () => {
      await open().remember(attempt, T);
      await open().remember({ ...attempt, change: 'validate' }, T);
      const known = stored(attempt, T, 'valid');
      const other = (seen: number): StoredTuple => ({ ...known, firstSeen: seen, lastSeen: seen, uses: 9 });
      expect(await open().importTuples([other(T), other(T - 1)])).toBe(0);
      expect(await open().tuples({ text: undefined, limit: 9 })).toEqual([known]);
      expect(await open().importTuples([other(T + 1), other(T + 1), other(T - 1)])).toBe(1);
      expect(await open().tuples({ text: undefined, limit: 9 })).toEqual([other(T + 1)]);
    });

    test.for<[what: string, seen: readonly number[], taken: number, firstSeen: number, lastSeen: number]>([
      ['the same', [T, T], 0, T, T],
      ['an older one', [T - 9, T - 9], 1, T - 9, T],
      ['a newer one', [T + 9], 1, T, T + 9],
      ['an older and a newer one, each twice', [T - 9, T + 9, T - 9, T + 9], 2, T - 9, T + 9],
    ])('two that are pending pass as soon as the older, as long as the newer: %s', async ([, seen, ...expected]) => {
      await open().remember(attempt, T);
      const known = stored(attempt, T);
      const others = seen.map((time) => ({ ...known, firstSeen: time, lastSeen: time }));
      const [taken, firstSeen, lastSeen] = expected;
      expect(await open().importTuples(others)).toBe(taken);
      expect(await open().tuples({ text: undefined, limit: 9 })).toEqual([{ ...known, firstSeen, lastSeen }]);
      expect(await open().recall(asked(attempt))).toMatchObject({
        entry: { state: 'pending', firstSeen, lastSeen },
        pendingOfClient: 1,
      });
      await open().expire(LIFETIMES, lastSeen + LIFETIMES.pending, 9);
      expect(await open().count()).toEqual({ pending: 1, valid: 0 });
    });

    test('what has passed takes the place of what waits, and never the other way round', async () => {
      await open().remember(attempt, T);
      const passed = { ...stored(attempt, T - DAY), state: 'valid', uses: 9 } as const;
      expect(await open().importTuples([passed, passed])).toBe(1);
      expect(await open().importTuples([stored(attempt, T), stored(attempt, T + DAY)])).toBe(0);
      expect(await open().tuples({ text: undefined, limit: 9 })).toEqual([passed]);
      expect(await open().count()).toEqual({ pending: 0, valid: 1 });
      expect((await open().recall(asked(attempt))).pendingOfClient).toBe(0);
      const newer = { ...passed, lastSeen: T };
      expect(await open().importTuples([newer])).toBe(1);
      expect(await open().tuples({ text: undefined, limit: 9 })).toEqual([newer]);
    });

    test('a tuple whose client is no address: nothing is taken', async () => {
      const tuples = [stored(attempt, T), { ...stored(numbered(1, '192.0.2.1'), T), client: 'mail.example.com' }];
      await expect(open().importTuples(tuples)).rejects.toThrow('not an address: mail.example.com');
      expect(await open().count()).toEqual({ pending: 0, valid: 0 });
    });

    test('imported passes: likewise', async () => {
      expect(await open().importPasses([pass, other])).toBe(2);
      expect(
        await open().importPasses([
          { ...pass, uses: 9 },
          { ...other, lastSeen: T + 2, uses: 9 },
        ]),
      ).toBe(1);
      expect(await found(pass)).toEqual(pass);
      expect(await found(other)).toEqual({ ...other, lastSeen: T + 2, uses: 9 });
    });
  });
}
