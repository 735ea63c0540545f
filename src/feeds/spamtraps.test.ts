import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMailbox } from '../policy/check.ts';
import { indexTraps, parseTraps } from './spamtraps.ts';

const FILE = `# traps of example.org
trap@example.org: hard
  Old.User@Example.Org :soft   # left in 2019
both@example.org: hard
both@example.org: soft
honeypot@: hard
@trap.example.net: soft
sub.trap.example.net.:HARD
bücher.example: soft
`;

test.for([
  ['trap@example.org', 'hard'],
  ['TRAP@EXAMPLE.ORG', 'hard'],
  ['<trap@example.org>', 'hard'],
  ['trap@example.org.', 'hard'],
  ['trap@sub.example.org', undefined],
  ['old.user@example.org', 'soft'],
  ['both@example.org', 'hard'],
  ['honeypot@anything.example', 'hard'],
  ['honeypot@trap.example.net', 'hard'],
  ['a@trap.example.net', 'soft'],
  ['a@x.trap.example.net', 'soft'],
  ['a@sub.trap.example.net', 'hard'],
  ['a@nottrap.example.net', undefined],
  ['a@example.net', undefined],
  ['a@bücher.example', 'soft'],
  ['a@xn--bcher-kva.example', 'soft'],
  ['honeypot', undefined],
  ['', undefined],
] as const)('%s is a trap: %s', ([recipient, expected]) => {
  const { traps, badLines } = parseTraps(FILE);
  expect(badLines).toEqual([]);
  expect(indexTraps(traps).trapFor(parseMailbox(recipient))).toBe(expected);
});

test('bad lines are named, good ones kept', () => {
  const { traps, badLines } = parseTraps(
    'a@example.org hard\r\nb@example.org: hard\r\n: soft\nword: hard\nc d@x.org: soft\nx@y.org: firm\n*@z.org: hard\n',
  );
  expect(traps).toEqual([{ target: 'b@example.org', kind: 'hard' }]);
  expect(badLines).toEqual([
    { line: 1, problem: '"a@example.org hard" does not end in ": hard" or ": soft"' },
    { line: 3, problem: '"" is not user@domain, user@ or a domain, without * and in UTF-8' },
    { line: 4, problem: '"word" is not user@domain, user@ or a domain, without * and in UTF-8' },
    { line: 5, problem: '"c d@x.org" is not user@domain, user@ or a domain, without * and in UTF-8' },
    { line: 6, problem: '"x@y.org: firm" does not end in ": hard" or ": soft"' },
    { line: 7, problem: '"*@z.org" is not user@domain, user@ or a domain, without * and in UTF-8' },
  ]);
});

test('any text is parsed, and what was written is found again', () => {
  const label = fc.stringMatching(/^[a-z\d_-]{1,8}$/);
  const mailbox = fc.tuple(label, label, label).map(([user, host, top]) => `${user}@${host}.${top}`);
  fc.assert(
    fc.property(fc.array(mailbox), fc.array(fc.string({ unit: 'binary' })), (mailboxes, noise) => {
      parseTraps(noise.join('\n'));
      const index = indexTraps(parseTraps(mailboxes.map((text) => `${text}: hard`).join('\n')).traps);
      for (const text of mailboxes) expect(index.trapFor(parseMailbox(text))).toBe('hard');
    }),
  );
});
