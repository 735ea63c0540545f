import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LONGEST_ENTRY } from './manual-entry.ts';
import { LONGEST_FIELD } from './report.ts';
import { entryEnd, entryReport, LONGEST_REASON, sharedEntry } from './shared-entry.ts';

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

test('the longest reason fits into its field, however late the end is', () => {
  const made = 99_999_999_999 - LONGEST_ENTRY;
  const entry = { ...ENTRY, made, subject: 'example.com', reason: 'x'.repeat(LONGEST_REASON), expires: 99_999_999_999 };
  const report = entryReport({ kind: 'put', entry });
  expect(report.recipient).toHaveLength(LONGEST_FIELD);
  expect(sharedEntry(report)).toEqual({ kind: 'put', entry });
});

test('the original may have passed on a removal that does not say when the entry would have ended', () => {
  const { recipient: _, ...report } = entryReport({ kind: 'removed', subject: 'example.com', time: 6, expires: 99 });
  expect(sharedEntry(report)).toEqual({ kind: 'removed', subject: 'example.com', time: 6, expires: 0 });
});

test('an entry that would never end lasts as long as one may', () => {
  const told = {
    ...entryReport({ kind: 'put', entry: { ...ENTRY, subject: 'example.com' } }),
    recipient: `${'9'.repeat(11)} why`,
  };
  expect(sharedEntry(told)).toMatchObject({ entry: { expires: ENTRY.made + LONGEST_ENTRY } });
  expect(entryEnd({ ...told, recipient: '9'.repeat(400) })).toBe(ENTRY.made + LONGEST_ENTRY);
});

test('whatever a report says, what it tells of makes sense, and is told on as it is', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('example.com', '203.0.113.0/24', '2001:db8::1'),
    fc.stringMatching(/^-?\d{0,13} ?[a9 ]{0,3}$/),
  );
  const event = fc.constantFrom('entry_white', 'entry_black', 'entry_removed', 'spam');
  const fields = { event, time: fc.nat(99_999_999_999), sender: text, recipient: text, mtaId: text };
  fc.assert(
    fc.property(fc.record(fields), (report) => {
      const shared = sharedEntry({ ...report, reporter: 'ddgrey', ip: '0.0.0.0' });
      const { expires = 0 } = shared?.kind === 'put' ? shared.entry : (shared ?? {});
      expect(expires).toBeLessThanOrEqual(report.time + LONGEST_ENTRY);
      expect(shared && sharedEntry(entryReport(shared))).toEqual(shared);
    }),
  );
});
