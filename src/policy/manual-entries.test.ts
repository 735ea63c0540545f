import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from './address.ts';
import { indexManualEntries } from './manual-entries.ts';
import type { ManualEntry } from './manual-entry.ts';

const T = 1_700_000_000;

function entry(subject: string, expires = T + 60): ManualEntry {
  return { subject, kind: 'white', author: 'ann', reason: 'a partner', made: T - 60, expires };
}

function found(entries: readonly ManualEntry[], client: string, names: readonly (string | undefined)[]): unknown {
  const address = parseAddress(client);
  return address && indexManualEntries(entries, T).find(address, names)?.subject;
}

const ENTRIES = ['203.0.113.0/24', '203.0.113.7', '2001:db8::/32', 'example.com', 'mail.example.com', 'org'].map(
  (subject) => entry(subject),
);

test.for<[client: string, names: readonly (string | undefined)[], subject: string | undefined]>([
  ['203.0.113.7', [], '203.0.113.7'],
  ['::ffff:203.0.113.7', [], '203.0.113.7'],
  ['203.0.113.8', [], '203.0.113.0/24'],
  ['203.0.113.8', ['example.com'], '203.0.113.0/24'],
  ['2001:db8:1::1', [], '2001:db8::/32'],
  ['192.0.2.1', [], undefined],
  ['192.0.2.1', [undefined, ''], undefined],
  ['192.0.2.1', ['example.com'], 'example.com'],
  ['192.0.2.1', ['MX.Example.COM.'], 'example.com'],
  ['192.0.2.1', ['a.mail.example.com'], 'mail.example.com'],
  ['192.0.2.1', ['badexample.com'], undefined],
  ['192.0.2.1', ['example.net', 'mail.example.com'], 'mail.example.com'],
  ['192.0.2.1', ['example.com', 'mail.example.com'], 'example.com'],
  ['192.0.2.1', [undefined, 'mx.example.org'], 'org'],
  ['192.0.2.1', ['203.0.113.7'], undefined],
])('%s, named %o: %s', ([client, names, subject]) => {
  expect(found(ENTRIES, client, names)).toBe(subject);
});

test('an address that ends in :: is one address', () => {
  const entries = [entry('2001:db8::')];
  expect([found(entries, '2001:db8::', []), found(entries, '2001:db8::1', [])]).toEqual(['2001:db8::', undefined]);
});

test.for<[expires: number, subject: string | undefined]>([
  [T, undefined],
  [T + 1, '203.0.113.7'],
])('an entry until %i: %s', ([expires, subject]) => {
  expect(found([entry('203.0.113.7', expires)], '203.0.113.7', [])).toBe(subject);
});

test.for<[ends: readonly number[], until: number]>([
  [[], Number.POSITIVE_INFINITY],
  [[T], Number.POSITIVE_INFINITY],
  [[T + 9, T + 2, T - 1, T + 5], T + 2],
])('of entries until %j the first one ends at %d', ([ends, until]) => {
  const entries = ends.map((expires, at) => entry(`203.0.113.${at}`, expires));
  expect(indexManualEntries(entries, T).until).toBe(until);
});

test('changed one by one, the index is the same as one that is made anew', () => {
  const subject = fc.constantFrom(
    '203.0.113.0/24',
    '203.0.113.7',
    '203.0.0.0/16',
    '2001:db8::/32',
    'example.com',
    'org',
  );
  const change = fc.record({ subject, removed: fc.boolean() });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const index = indexManualEntries([], T);
      const entries = new Map<string, ManualEntry>();
      for (const { subject, removed } of changes) {
        if (removed) {
          index.remove(subject);
          entries.delete(subject);
        } else {
          index.put(entry(subject));
          entries.set(subject, entry(subject));
        }
      }
      const anew = indexManualEntries([...entries.values()], T);
      for (const text of ['203.0.113.7', '203.0.113.8', '203.0.1.1', '2001:db8::1', '192.0.2.1']) {
        const client = parseAddress(text);
        if (client === undefined) throw new Error(text);
        for (const names of [[], ['mx.example.com'], ['mx.example.org']])
          expect(index.find(client, names)).toEqual(anew.find(client, names));
      }
    }),
  );
});

test('an entry past its time does not hide that of the network around it', () => {
  expect(found([entry('203.0.113.7', T), entry('203.0.113.0/24')], '203.0.113.7', [])).toBe('203.0.113.0/24');
});
