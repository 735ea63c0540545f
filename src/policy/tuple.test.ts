import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from './address.ts';
import { type Check, parseMailbox } from './check.ts';
import { type MailboxPart, type Tuple, type TupleParts, tuplesOf } from './tuple.ts';

const CLIENT_PARTS = ['DOMAIN', 'NET', 'FULL', 'NONE'] as const;
const MAILBOX_PARTS = ['FULL', 'HOST', 'USER', 'NONE'] as const;

type Attempt = readonly [client: string, sender: string, recipient: string];

function tuples(parts: TupleParts, [client, sender, recipient]: Attempt, domain?: string): readonly Tuple[] {
  const address = parseAddress(client);
  if (address === undefined) throw new Error(`not an address: ${client}`);
  const mailboxes = { sender: parseMailbox(sender), recipient: parseMailbox(recipient) };
  return tuplesOf({ id: '1', client: address, ...mailboxes, via: 'test' } satisfies Check, parts, domain);
}

function tuple(parts: TupleParts, attempt: Attempt): Tuple | undefined {
  return tuples(parts, attempt)[0];
}

test.for<[part: TupleParts['client'], domain: string | undefined, clients: readonly string[]]>([
  ['DOMAIN', 'example.com', ['example.com', '203.0.113.0/24']],
  ['DOMAIN', undefined, ['203.0.113.0/24']],
  ['NET', 'example.com', ['203.0.113.0/24']],
  ['FULL', 'example.com', ['203.0.113.7']],
  ['NONE', 'example.com', ['']],
])('with %s, of a client of %s: looked for under %o', ([client, domain, clients]) => {
  const found = tuples({ client, sender: 'HOST', recipient: 'USER' }, ['203.0.113.7', 'a@b.c', 'd@e.f'], domain);
  expect(found).toEqual(clients.map((part) => ({ client: part, sender: 'b.c', recipient: 'd' })));
});

test.for<[part: (typeof CLIENT_PARTS)[number], client: string, expected: string]>([
  ['NET', '203.0.113.7', '203.0.113.0/24'],
  ['NET', '::ffff:203.0.113.7', '203.0.113.0/24'],
  ['NET', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['FULL', '203.0.113.7', '203.0.113.7'],
  ['FULL', '2001:DB8::1', '2001:db8::1'],
  ['NONE', '203.0.113.7', ''],
])('client part %s of %s is %j', ([client, text, expected]) => {
  expect(tuple({ client, sender: 'NONE', recipient: 'NONE' }, [text, '', ''])?.client).toBe(expected);
});

test.for<[part: MailboxPart, mailbox: string, expected: string]>([
  ['FULL', 'Joe@Example.ORG.', 'joe@example.org'],
  ['HOST', 'Joe@Example.ORG.', 'example.org'],
  ['USER', 'Joe@Example.ORG.', 'joe'],
  ['NONE', 'Joe@Example.ORG.', ''],
  ['FULL', 'Postmaster', 'postmaster'],
  ['HOST', 'Postmaster', 'postmaster'],
  ['USER', 'Postmaster', 'postmaster'],
  ['HOST', '"a@b"@example.org', 'example.org'],
  ['USER', '"a@b"@example.org', '"a@b"'],
])('mailbox part %s of %s is %j, of sender and recipient alike', ([part, mailbox, expected]) => {
  const made = tuple({ client: 'NONE', sender: part, recipient: part }, ['192.0.2.1', mailbox, mailbox]);
  expect(made).toEqual({ client: '', sender: expected, recipient: expected });
});

test.for<[part: MailboxPart, expected: string]>([
  ['FULL', '<>'],
  ['HOST', '<>'],
  ['USER', '<>'],
  ['NONE', ''],
])('sender part %s of a bounce is %j', ([sender, expected]) => {
  expect(tuple({ client: 'NONE', sender, recipient: 'NONE' }, ['192.0.2.1', '<>', 'a@b'])?.sender).toBe(expected);
});

const local = fc.oneof(fc.stringMatching(/^[a-z0-9+<=-]{1,3}$/), fc.stringMatching(/^"[a-z@<>. ]{0,3}"$/));
const mailbox = fc.tuple(local, fc.stringMatching(/^[a-c]\.[a-c]$/));
const address = fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.3.1', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1');
const attempt = fc.tuple(address, fc.option(mailbox, { nil: undefined }), mailbox);

test('two attempts have one tuple exactly when the parts that count are the same', () => {
  const parts = fc.record({
    client: fc.constantFrom(...CLIENT_PARTS),
    sender: fc.constantFrom(...MAILBOX_PARTS),
    recipient: fc.constantFrom(...MAILBOX_PARTS),
  });
  fc.assert(
    fc.property(parts, attempt, attempt, (chosen, one, other) => {
      const same =
        sameClient(chosen.client, one[0], other[0]) &&
        sameMailbox(chosen.sender, one[1], other[1]) &&
        sameMailbox(chosen.recipient, one[2], other[2]);
      const [first, second] = [one, other].map(([client, sender, recipient]) =>
        tuple(chosen, [client, sender?.join('@') ?? '', recipient.join('@')]),
      );
      expect(JSON.stringify(first) === JSON.stringify(second)).toBe(same);
    }),
    { numRuns: 2000 },
  );
});

function sameClient(part: TupleParts['client'], one: string, other: string): boolean {
  if (part === 'NONE' || one === other) return true;
  const site = (text: string): string => (text.includes('::') ? text.replace(/::\d$/, '') : text.replace(/\d$/, ''));
  return part !== 'FULL' && site(one) === site(other);
}

type Parts = readonly [local: string, domain: string] | undefined;

function sameMailbox(part: MailboxPart, one: Parts, other: Parts): boolean {
  if (part === 'NONE') return true;
  if (one === undefined || other === undefined) return one === other;
  return (part === 'HOST' || one[0] === other[0]) && (part === 'USER' || one[1] === other[1]);
}
