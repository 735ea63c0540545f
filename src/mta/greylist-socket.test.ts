import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Answer } from '../lib/line-protocol.ts';
import type { Check } from '../policy/check.ts';
import type { Verdict } from '../policy/verdict.ts';
import { greylistProtocol, parseRequest } from './greylist-socket.ts';

test.for<[line: string, error: string]>([
  ['""', 'no command received'],
  ['a = b', 'no command received'],
  ['foo', 'unknown command'],
  ['CHECK 203.0.113.10 a b', 'unknown command'],
  ['QUIT', 'unknown command'],
  ['helo mx', 'unknown command'],
  ['check-quit', 'unknown command'],
  ['check', 'arguments missing'],
  ['check 203.0.113.10', 'arguments missing'],
  ['check 203.0.113.10 a', 'arguments missing'],
  ['check_quit 203.0.113.10 a', 'arguments missing'],
  ['check 203.0.113.10 a = b c', 'arguments missing'],
  ['check 203.0.113.10 a b c', 'too many arguments'],
  ['check 203.0.113.10 a b =c', 'too many arguments'],
  ['check 203.0.113.10 a b helo=x c', 'too many arguments'],
  ['check 203.0.113.10 a b =', 'syntax error ([error] assigment without value on line 0)'],
  ['check 203.0.113.10 "" b', 'syntax error ([error] parsing error on line 0)'],
  [`check 203.0.113.10 '' ''`, 'syntax error ([error] parsing error on line 0)'],
  ['check foo a b', 'bad IP address format'],
  ['check 1.2.3 a b', 'bad IP address format'],
  ['check 1.2.3.4.5 a b', 'bad IP address format'],
  ['check [1.2.3.4] a b', 'bad IP address format'],
  ['check 1.2.3.4/32 a b', 'bad IP address format'],
  ['check -1.2.3.4 a b', 'bad IP address format'],
  ['check 1.2.3.x a b', 'bad IP address format'],
  ['check 999.1.1.1 a b', 'bad IP address format'],
  ['check 203.0.113.010 a b', 'bad IP address format'],
  ['check ٢.٣.٤.٥ a b', 'bad IP address format'],
  ['check_quit foo a b', 'bad IP address format'],
  [`check ${'x'.repeat(70)}.example.com a b`, 'bad IP address format'],
])('%j → %s', ([line, text]) => {
  expect(parseRequest(line)).toEqual({ kind: 'error', text });
});

test.for(['', ' \t ', '#', '# check 203.0.113.10 a b', '  # x'])('%j is not answered', (line) => {
  expect(parseRequest(line)).toEqual({ kind: 'nothing' });
});

test.for(['quit', ' quit ', 'quit now', '"quit"', 'quit a = b'])('%j ends the connection', (line) => {
  expect(parseRequest(line)).toEqual({ kind: 'quit' });
});

test.for<[line: string, client: string, sender: string, recipient: string]>([
  ['check 203.0.113.10 a@example.com b@example.org', '203.0.113.10', 'a@example.com', 'b@example.org'],
  ['check 2001:DB8:0::1 a@example.com b@example.org', '2001:db8::1', 'a@example.com', 'b@example.org'],
  ['check ::ffff:1.2.3.4 a b', '1.2.3.4', 'a', 'b'],
  ['check IPv6:2001:db8::1 a b', '2001:db8::1', 'a', 'b'],
  ['check 203.0.113.10 <> b@example.org', '203.0.113.10', '', 'b@example.org'],
  ['check 203.0.113.10 "<>" b@example.org', '203.0.113.10', '', 'b@example.org'],
  ['check 203.0.113.10 a@example.com ""', '203.0.113.10', 'a@example.com', ''],
  ['check 203.0.113.10 <a@example.com> <b@example.org>', '203.0.113.10', 'a@example.com', 'b@example.org'],
  ['check 203.0.113.10 "a b@example.com" c', '203.0.113.10', 'a b@example.com', 'c'],
  ['check 203.0.113.10 "a\\"b@example.com" c', '203.0.113.10', 'a\\"b@example.com', 'c'],
  ['check 203.0.113.10 "a b', '203.0.113.10', '"a', 'b'],
  ['check 203.0.113.10 a=b@example.com c=d@example.org', '203.0.113.10', 'a=b@example.com', 'c=d@example.org'],
  ['check 203.0.113.10 x = y a b', '203.0.113.10', 'a', 'b'],
  ['check 203.0.113.10 å@example.com ö@example.org', '203.0.113.10', 'å@example.com', 'ö@example.org'],
  ['check 203.0.113.10 a\0b@example.com c', '203.0.113.10', 'a\0b@example.com', 'c'],
])('%j', ([line, client, sender, recipient]) => {
  expect(parseRequest(line)).toMatchObject({
    kind: 'check',
    check: { client: { text: client }, sender: { text: sender }, recipient: { text: recipient }, via: 'greylist' },
  });
});

test('details may follow in any order; unknown and empty ones are ignored', () => {
  const request = parseRequest('check 203.0.113.10 a b foo=1 id=x-1 name= "helo=[1.2.3.4] x" name = mx.example.com');
  expect(request).toMatchObject({ id: 'x-1', check: { helo: '[1.2.3.4] x', clientName: 'mx.example.com' } });
});

test.for(['a b', 'a\n', 'x'.repeat(65), 'å', ''])('%j is no id', (id) => {
  expect(parseRequest(`check 203.0.113.10 a b "id=${id}"`)).toMatchObject({ kind: 'check', id: undefined });
});

const WORD = fc
  .string({ minLength: 1, unit: fc.constantFrom('a', 'b', '@', '.', '=', '<', '>', '#', '"', '\\') })
  .filter((word) => word !== '=');

test('a check that was written is read back', () => {
  const quote = (word: string): string => `"${word.replace(/["\\]/g, 'x')}"`;
  fc.assert(
    fc.property(
      fc.ipV4(),
      fc.constantFrom('check', 'check_quit', 'check_and_quit'),
      WORD,
      WORD,
      (ip, command, from, to) => {
        const request = parseRequest(`${command} ${ip} ${quote(from)} ${quote(to)}`);
        const bare = (word: string): string =>
          quote(word)
            .slice(1, -1)
            .replace(/^<(.*)>$/, '$1');
        expect(request).toMatchObject({
          check: { client: { text: ip }, sender: { text: bare(from) }, recipient: { text: bare(to) } },
        });
      },
    ),
  );
});

test('no line makes the parser fail', () => {
  const word = fc.oneof(
    fc.constantFrom('check', 'quit', '203.0.113.10', '=', '""', "'", '#', 'id=', '::1'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(parseRequest(words.join(' ')).kind).toMatch(/^(nothing|quit|error|check)$/);
    }),
  );
});

async function ask(
  line: string,
  verdict: Verdict,
): Promise<{ answer: string | undefined; close: boolean; asked: Check[]; trouble: Answer['trouble'] }> {
  const asked: Check[] = [];
  const answerCheck = (check: Check): Promise<Verdict> => {
    asked.push(check);
    return Promise.resolve(verdict);
  };
  const protocol = greylistProtocol({ answerCheck, nextId: () => 'made-1' });
  const answer: Answer | undefined = protocol.open({ kind: 'unix' }).line(line);
  const text = (await answer?.text) as string | undefined;
  return { answer: text, close: answer?.close ?? false, asked, trouble: answer?.trouble };
}

const GREY: Verdict = { kind: 'grey', reason: 'first', wait: 300 };
const WHITE: Verdict = { kind: 'white', reason: 'known' };
const BLACK: Verdict = { kind: 'black', reason: 'blacklisted' };

test.for<[command: string, verdict: Verdict, answer: string, close: boolean]>([
  ['check', GREY, '200 grey\r\n', false],
  ['check', WHITE, '200 white\r\n', false],
  ['check', BLACK, '200 black\r\n', false],
  ['check_quit', GREY, '200 grey', true],
  ['check_quit', BLACK, '200 black', true],
  ['check_and_quit', WHITE, 'white', true],
])('%s answers a verdict', async ([command, verdict, answer, close]) => {
  expect(await ask(`${command} 203.0.113.10 a b`, verdict)).toMatchObject({ answer, close });
});

test.for<[line: string, answer: string | undefined, close: boolean]>([
  ['quit', '250 closing connection\r\n', true],
  ['check_quit foo a b', '500 bad IP address format\r\n', false],
  ['# x', undefined, false],
])('%s asks nobody', async ([line, answer, close]) => {
  expect(await ask(line, GREY)).toMatchObject({ answer, close, asked: [] });
});

test('a check has the id that came with it, or a new one', async () => {
  expect((await ask('check 203.0.113.10 a b id=mine:1', GREY)).asked[0]?.id).toBe('mine:1');
  expect((await ask('check 203.0.113.10 a b', GREY)).asked[0]?.id).toBe('made-1');
});

test('whoever asks wrongly is told of', async () => {
  const { answer, trouble } = await ask('check foo a b', GREY);
  expect(answer).toBe('500 bad IP address format\r\n');
  expect(trouble).toEqual({ what: 'malformed request', cause: 'bad IP address format' });
});
