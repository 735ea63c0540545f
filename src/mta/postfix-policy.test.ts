import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Answer } from '../lib/line-protocol.ts';
import type { Check } from '../policy/check.ts';
import type { Verdict } from '../policy/verdict.ts';
import { parsePolicyRequest, policyProtocol } from './postfix-policy.ts';

/** What Postfix 3.7 sends for a recipient, less what is always empty. */
const RCPT = {
  request: 'smtpd_access_policy',
  protocol_state: 'RCPT',
  protocol_name: 'ESMTP',
  client_address: '203.0.113.7',
  client_name: 'mail.example.net',
  reverse_client_name: 'mail.example.net',
  helo_name: 'helo.example.net',
  sender: 'a@example.com',
  recipient: 'b@example.org',
  queue_id: '',
  instance: '3c1f.6553f1.0',
  sasl_username: '',
};

type Attributes = { readonly [name: string]: string | undefined };

function linesOf(attributes: Attributes): string[] {
  return Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}

test('a request at RCPT is a check', () => {
  expect(parsePolicyRequest(linesOf(RCPT))).toEqual({
    kind: 'check',
    instance: '3c1f.6553f1.0',
    check: {
      client: { family: 4, text: '203.0.113.7' },
      sender: { text: 'a@example.com', local: 'a', domain: 'example.com' },
      recipient: { text: 'b@example.org', local: 'b', domain: 'example.org' },
      via: 'policy',
      clientName: 'mail.example.net',
      helo: 'helo.example.net',
      queueId: '3c1f.6553f1.0',
    },
  });
});

test.for<[change: Attributes, check: object]>([
  [{ client_address: '2001:DB8::7' }, { client: { family: 6, text: '2001:db8::7' } }],
  [{ client_address: '::ffff:192.0.2.1' }, { client: { family: 4, text: '192.0.2.1' } }],
  [{ sender: '' }, { sender: { text: '' } }],
  [{ queue_id: '8045F2AB23' }, { queueId: '8045F2AB23' }],
  [{ recipient: 'x=y@example.org' }, { recipient: { text: 'x=y@example.org' } }],
])('%j', ([change, check]) => {
  expect(parsePolicyRequest(linesOf({ ...RCPT, ...change }))).toMatchObject({ kind: 'check', check });
});

test('what Postfix does not know is left out', () => {
  const request = parsePolicyRequest(linesOf({ ...RCPT, client_name: 'unknown', helo_name: '', instance: undefined }));
  const check = request.kind === 'check' ? request.check : {};
  expect(Object.keys(check).toSorted()).toEqual(['client', 'recipient', 'sender', 'via']);
});

test.for<Attributes>([
  { protocol_state: 'DATA' },
  { protocol_state: 'END-OF-MESSAGE' },
  { protocol_state: undefined },
  { protocol_state: 'VRFY', client_address: '' },
  { sasl_username: 'joe' },
])('%j is not ours to judge', (change) => {
  expect(parsePolicyRequest(linesOf({ ...RCPT, ...change }))).toEqual({ kind: 'dunno' });
});

test.for<[lines: string[], problem: string]>([
  [[], 'not request=smtpd_access_policy'],
  [linesOf({ ...RCPT, request: 'junk' }), 'not request=smtpd_access_policy'],
  [linesOf({ ...RCPT, client_address: undefined }), 'no client_address'],
  [linesOf({ ...RCPT, client_address: '' }), 'no client_address'],
  [linesOf({ ...RCPT, client_address: 'unknown' }), 'client_address=unknown is not an IP address'],
  [linesOf({ ...RCPT, sender: undefined }), 'no sender'],
  [linesOf({ ...RCPT, recipient: '' }), 'no recipient'],
  [[...linesOf(RCPT), 'check 203.0.113.7 a b'], 'no name=value: check 203.0.113.7 a b'],
  [['=x'], 'no name=value: =x'],
  [Array.from({ length: 101 }, (_, i) => `a${i}=x`), 'more than 100 lines'],
  [Array.from({ length: 9 }, (_, i) => `a${i}=${'x'.repeat(4000)}`), 'more than 32768 characters'],
])('%#: malformed', ([lines, problem]) => {
  expect(parsePolicyRequest(lines)).toEqual({ kind: 'malformed', problem });
});

test('the order of the attributes makes no difference', () => {
  const lines = linesOf(RCPT);
  fc.assert(
    fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
      expect(parsePolicyRequest(shuffled)).toEqual(parsePolicyRequest(lines));
    }),
  );
});

test('no request makes the parser fail', () => {
  const line = fc.oneof(fc.constantFrom(...linesOf(RCPT)), fc.string());
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      expect(parsePolicyRequest(lines).kind).toMatch(/^(dunno|malformed|check)$/);
    }),
  );
});

interface Asking {
  send(lines: readonly string[]): Promise<string | undefined>;
  readonly asked: Check[];
  /** What was wrong with what was sent. */
  readonly troubles: Answer['trouble'][];
}

function startAsking(verdict: Verdict, text = '4.2.0 Greylisted'): Asking {
  const asked: Check[] = [];
  const troubles: Answer['trouble'][] = [];
  const answerCheck = (check: Check): Promise<Verdict> => {
    asked.push(check);
    return Promise.resolve(verdict);
  };
  const replyText = (check: Check): string => `${text} (${check.id})`;
  const session = policyProtocol({ answerCheck, nextId: () => 'made-1', replyText }).open({ kind: 'unix' });
  return {
    asked,
    troubles,
    send: async (lines) => {
      for (const line of lines) expect(session.line(line)).toBeUndefined();
      const answer = session.line('');
      expect(answer?.close).toBe(false);
      if (answer?.trouble !== undefined) troubles.push(answer.trouble);
      return (await answer?.text) as string | undefined;
    },
  };
}

test.for<[verdict: Verdict, answer: string]>([
  [{ kind: 'white', reason: 'known' }, 'action=DUNNO\n\n'],
  [{ kind: 'grey', reason: 'first', wait: 300 }, 'action=DEFER_IF_PERMIT 4.2.0 Greylisted (made-1)\n\n'],
  [{ kind: 'black', reason: 'blacklisted' }, 'action=REJECT 4.2.0 Greylisted (made-1)\n\n'],
])('%j', async ([verdict, answer]) => {
  const asking = startAsking(verdict);
  expect(await asking.send(linesOf(RCPT))).toBe(answer);
  expect(asking.asked).toMatchObject([{ id: 'made-1', queueId: '3c1f.6553f1.0' }]);
});

test.for<[again: Attributes, asked: number]>([
  [{}, 1],
  [{ queue_id: '8045F2AB23' }, 1],
  [{ instance: '3c1f.6553f1.1' }, 2],
  [{ instance: '' }, 2],
  [{ recipient: 'c@example.org' }, 2],
  [{ client_address: '203.0.113.8' }, 2],
  [{ sender: 'a@example.com' }, 2],
])('a bounce that has passed; asked about again with %j', async ([again, times]) => {
  const asking = startAsking({ kind: 'white', reason: 'retried', waited: 1600 });
  const bounce = { ...RCPT, sender: '' };
  expect(await asking.send(linesOf(bounce))).toBe('action=DUNNO\n\n');
  expect(await asking.send(linesOf({ ...bounce, ...again }))).toBe('action=DUNNO\n\n');
  expect(asking.asked).toHaveLength(times);
});

test('a bounce that waits is asked about each time', async () => {
  const asking = startAsking({ kind: 'grey', reason: 'first', wait: 1500 });
  for (const _ of [1, 2]) expect(await asking.send(linesOf({ ...RCPT, sender: '' }))).toContain('DEFER_IF_PERMIT');
  expect(asking.asked).toHaveLength(2);
});

test('a line break in the text cannot end the answer', async () => {
  const asking = startAsking({ kind: 'grey', reason: 'first', wait: 300 }, 'a\r\n\naction=OK');
  expect(await asking.send(linesOf(RCPT))).toBe('action=DEFER_IF_PERMIT a action=OK (made-1)\n\n');
});

test('a malformed request is DUNNO and told of, and the next one is judged', async () => {
  const asking = startAsking({ kind: 'grey', reason: 'first', wait: 300 });
  expect(await asking.send(['junk'])).toBe('action=DUNNO\n\n');
  expect(await asking.send(Array.from({ length: 200 }, () => 'a=b'))).toBe('action=DUNNO\n\n');
  expect(await asking.send(Array.from({ length: 50 }, () => `a=${'x'.repeat(4000)}`))).toBe('action=DUNNO\n\n');
  const problems = ['no name=value: junk', 'more than 100 lines', 'more than 32768 characters'];
  expect(asking.troubles).toEqual(problems.map((cause) => ({ what: 'malformed request', cause })));
  expect(await asking.send(linesOf(RCPT))).toContain('DEFER_IF_PERMIT');
  expect([asking.asked.length, asking.troubles.length]).toEqual([1, 3]);
});
