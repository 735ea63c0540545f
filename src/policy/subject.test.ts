import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StoredTuple } from './greylist.ts';
import { coversPass, coversTuple, isWide, overlaps, parseSubject } from './subject.ts';

test.for<[text: string, kind: string | undefined, canonical?: string]>([
  ['203.0.113.7', 'address', '203.0.113.7'],
  ['203.0.113.7/32', 'address', '203.0.113.7'],
  ['203.0.113.7/24', 'network', '203.0.113.0/24'],
  ['203.0.113.7/255.255.255.0', 'network', '203.0.113.0/24'],
  ['2001:DB8:0::1', 'address', '2001:db8::1'],
  ['2001:DB8::1/64', 'network', '2001:db8::/64'],
  ['::ffff:203.0.113.7', 'address', '203.0.113.7'],
  ['Mail.Example.COM.', 'domain', 'mail.example.com'],
  ['example', undefined],
  ['203.0.113', undefined],
  ['203.0.113.256', undefined],
  ['203.0.113.7/33', undefined],
  ['a@example.com', undefined],
  ['exa mple.com', undefined],
  ['', undefined],
])('%s is %s %s', ([text, kind, canonical]) => {
  const subject = parseSubject(text);
  expect([subject?.kind, subject?.text]).toEqual([kind, canonical]);
});

test.for<[text: string, wide: boolean]>([
  ['0.0.0.0/0', true],
  ['128.0.0.0/1', true],
  ['10.0.0.0/7', true],
  ['10.0.0.0/8', false],
  ['0.0.0.0', false],
  ['::/0', true],
  ['2000::/15', true],
  ['2001::/16', false],
  ['co.uk', true],
  ['github.io', true],
  ['example.co.uk', false],
])('%s takes in clients of everybody: %s', ([text, wide]) => {
  const subject = parseSubject(text);
  expect(subject && isWide(subject)).toBe(wide);
});

const TUPLE: StoredTuple = {
  tuple: { client: 'example.net', sender: 'example.com', recipient: 'b@example.org' },
  client: '203.0.113.7',
  clientName: 'mx.example.info',
  senderText: 'a@example.com',
  nullSender: false,
  state: 'pending',
  firstSeen: 1,
  lastSeen: 1,
  uses: 1,
};

test.for<[subject: string, covered: boolean]>([
  ['203.0.113.7', true],
  ['203.0.113.0/24', true],
  ['203.0.113.8', false],
  ['2001:db8::/32', false],
  ['example.net', true],
  ['example.info', true],
  ['ample.net', false],
  ['mx.example.net', false],
  // The sender's and the recipient's domains are not the client's.
  ['example.com', false],
  ['example.org', false],
])('a tuple of 203.0.113.7 (mx.example.info), example.net is of %s: %s', ([text, covered]) => {
  const subject = parseSubject(text);
  expect(subject && coversTuple(subject, TUPLE)).toBe(covered);
});

test.for<[part: string, subject: string, covered: boolean]>([
  ['203.0.113.0/24', '203.0.113.8', true],
  ['203.0.113.0/24', '203.0.114.8', false],
  ['203.0.113.0/24', '203.0.113.8/31', false],
  ['2001:db8::/64', '2001:db8::5', true],
  ['203.0.113.9', '203.0.113.8', false],
  ['', '203.0.113.8', false],
])('a tuple of %s, first tried by 203.0.113.7, is of %s: %s', ([client, text, covered]) => {
  const subject = parseSubject(text);
  expect(subject && coversTuple(subject, { ...TUPLE, tuple: { ...TUPLE.tuple, client } })).toBe(covered);
});

test.for<[client: string, subject: string, covered: boolean]>([
  ['203.0.113.7', '203.0.113.7', true],
  ['203.0.113.7', '203.0.0.0/16', true],
  ['203.0.113.7', '203.0.114.0/24', false],
  ['2001:db8::/64', '2001:db8::5', true],
  ['2001:db8::/64', '2001:db8::/32', true],
  ['2001:db8:0:1::/64', '2001:db8::5', false],
  ['mx.example.net', 'example.net', true],
  ['example.net', '203.0.113.7', false],
])('a pass of %s is of %s: %s', ([client, text, covered]) => {
  const subject = parseSubject(text);
  expect(subject && coversPass(subject, { client, domain: 'example.com' })).toBe(covered);
});

test.for<[one: string, other: string, overlap: boolean]>([
  ['203.0.113.7', '203.0.113.7', true],
  ['203.0.113.7', '203.0.113.0/24', true],
  ['203.0.0.0/16', '203.0.113.0/24', true],
  ['203.0.112.0/24', '203.0.113.0/24', false],
  ['0.0.0.0/0', '::/0', false],
  ['example.com', 'mail.example.com', true],
  ['example.com', 'example.net', false],
  ['ample.com', 'example.com', false],
  ['example.com', '203.0.113.7', false],
])('%s and %s overlap: %s', ([one, other, overlap]) => {
  const [first, second] = [parseSubject(one), parseSubject(other)];
  expect(first && second && [overlaps(first, second), overlaps(second, first)]).toEqual([overlap, overlap]);
});

test('no text makes it fail, and the canonical text means the same', () => {
  const piece = fc.constantFrom('1', '255', '.', ':', '::', '/', '24', 'ffff', 'a.b', ' ', 'x');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join('')),
      ),
      (text) => {
        const canonical = parseSubject(text)?.text;
        expect(parseSubject(canonical ?? '')?.text).toBe(canonical);
      },
    ),
  );
});
