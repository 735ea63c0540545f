import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Check, parseMailbox } from './check.ts';
import { DEFAULT_REPLY, formatReplyTemplate, inWords, parseReplyTemplate, replyText } from './reply.ts';
import type { Verdict } from './verdict.ts';

const CHECK: Check = {
  id: 'x1',
  client: { family: 4, text: '203.0.113.7' },
  sender: parseMailbox('a@example.com'),
  recipient: parseMailbox('b@example.org'),
  via: 'test',
};

test.for<[verdict: Verdict, text: string]>([
  [{ kind: 'grey', reason: 'first', wait: 290 }, 'first contact), please try again in 5 minutes (id x1)'],
  [{ kind: 'grey', reason: 'early', wait: 1 }, 'tried again too soon), please try again in 1 second (id x1)'],
  [{ kind: 'grey', reason: 'limit', wait: 600 }, 'first contact), please try again in 10 minutes (id x1)'],
  [
    { kind: 'grey', reason: 'blacklisted', wait: 60, because: 'hard trap' },
    'first contact), please try again in 60 seconds (id x1)',
  ],
  [{ kind: 'grey', reason: 'failed', wait: 600 }, 'temporary failure), please try again in 10 minutes (id x1)'],
])('%j', ([verdict, text]) => {
  expect(replyText(DEFAULT_REPLY, CHECK, verdict)).toBe(`4.2.0 Greylisted (${text}`);
});

test('a refusal for good names the client and the id', () => {
  const text = replyText(DEFAULT_REPLY, CHECK, { kind: 'black', reason: 'blacklisted' });
  expect(text).toBe('5.7.1 Refused because of earlier mail from 203.0.113.7 (id x1)');
});

test('a placeholder may stand often or nowhere', () => {
  const grey: Verdict = { kind: 'grey', reason: 'first', wait: 60 };
  const text = (words: string): string => replyText({ ...DEFAULT_REPLY, text: words }, CHECK, grey);
  expect(text('{id} {id} {wait} {unknown}')).toBe('4.2.0 x1 x1 60 seconds {unknown}');
  expect(text('later')).toBe('4.2.0 later');
});

test.for<[span: number, words: string]>([
  [0, '0 seconds'],
  [1, '1 second'],
  [45, '45 seconds'],
  [119, '119 seconds'],
  [120, '2 minutes'],
  [121, '3 minutes'],
  [7140, '119 minutes'],
  [7141, '2 hours'],
  [14_400, '4 hours'],
  [14_401, '5 hours'],
])('%i seconds are %s', ([span, words]) => {
  expect(inWords(span)).toBe(words);
});

test.for([
  '',
  '451',
  '451:4.2.0',
  '451:4.2.0:',
  '551:4.2.0:x',
  '421:4.2.0:x',
  '451:5.2.0:x',
  '45:4.2.0:x',
  '4451:4.2.0:x',
  '451:4.2:x',
  '451:4.2.0:a\nb',
])('%j is no template', (text) => {
  expect(parseReplyTemplate(text)).toBeUndefined();
});

test('a template reads back as it is written', () => {
  const template = fc.record({
    code: fc.stringMatching(/^4[013-9]\d$/),
    status: fc.stringMatching(/^4\.\d{1,3}\.\d{1,3}$/),
    text: fc.stringMatching(/^[ -~]{1,30}$/),
  });
  fc.assert(
    fc.property(template, (given) => {
      expect(parseReplyTemplate(formatReplyTemplate(given))).toEqual(given);
    }),
  );
});
