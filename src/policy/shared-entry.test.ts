import { expect, test } from 'vitest';
import { entryReport, sharedEntry } from './shared-entry.ts';

const ENTRY = { kind: 'white', author: 'ann', reason: 'a b', made: 5, expires: 99 } as const;

test.for<[subject: string, ip: string]>([
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.0/24', '203.0.113.0'],
  ['2001:db8::/32', '2001:db8::'],
  ['example.com', '0.0.0.0'],
])('an entry about %s travels as a report of %s, and arrives as it was', ([subject, ip]) => {
  const put = { kind: 'put', entry: { ...ENTRY, subject } } as const;
  expect(entryReport(put)).toMatchObject({ ip, event: 'entry_white', time: 5 });
  expect(sharedEntry(entryReport(put))).toEqual(put);
  const removed = { kind: 'removed', subject, time: 6, expires: 99 } as const;
  expect(entryReport(removed)).toMatchObject({ ip, event: 'entry_removed', time: 6 });
  expect(sharedEntry(entryReport(removed))).toEqual(removed);
});

test('the original may have passed on a removal that does not say when the entry would have ended', () => {
  const { recipient: _, ...report } = entryReport({ kind: 'removed', subject: 'example.com', time: 6, expires: 99 });
  expect(sharedEntry(report)).toEqual({ kind: 'removed', subject: 'example.com', time: 6, expires: 0 });
});
