import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GreydCommand, parseCommand } from './greyd-commands.ts';

test.for<[line: string, command: GreydCommand]>([
  ['', { kind: 'nothing' }],
  ['HELP', { kind: 'help' }],
  ['Help me please', { kind: 'help' }],
  ['HELP\0 garbage', { kind: 'help' }],
  ['HELP\0 QUIT\0', { kind: 'help' }],
  ['quit', { kind: 'quit' }],
  ['RECONFIGURE x', { kind: 'reconfigure' }],
  ['REOPENDB', { kind: 'reopendb' }],
  ['Restart', { kind: 'restart' }],
  ['SHUTDOWN', { kind: 'shutdown' }],
  ['UPDATE pending 10.1.2;example.com;bob@example.org 1;1;x', { kind: 'update', table: 'pending' }],
  ['UPLOAD PENDING 1', { kind: 'upload', table: 'pending' }],
  ['DOWNLOAD,WHITE', { kind: 'download', table: 'white', age: undefined }],
  ['  DOWNLOAD   WHITE', { kind: 'download', table: 'white', age: undefined }],
  ['DOWNLOAD VALID 21600', { kind: 'download', table: 'valid', age: 21_600 }],
  ['DOWNLOAD VALID 12345678901', { kind: 'download', table: 'valid', age: 12_345_678_901 }],
  ['DOWNLOAD VALID 0', { kind: 'download', table: 'valid', age: undefined }],
])('%j', ([line, command]) => {
  expect(parseCommand(line)).toEqual(command);
});

test.for<[line: string, answer: string]>([
  ['   ', ''],
  [' , ', ''],
  ['\0HELP', ''],
  ['FOO', '600 foo : Unknown command !\r\n'],
  ['FOO\tA\rB', '600 foo?a?b : Unknown command !\r\n'],
  ['DOWNLOAD B\rC', '600 b?c : Unknown table !\r\n'],
  ['constructor', '600 constructor : Unknown command !\r\n'],
  ['GREYCHECK', '600 Not enough parameters !\r\n'],
  ['GREYVALID', '600 Not enough parameters !\r\n'],
  ['DOWNLOAD', '600 Not enough parameters !\r\n'],
  ['UPDATE ', '600 Not enough parameters !\r\n'],
  ['DOWNLOAD BLACK', '600 black : Unknown table !\r\n'],
  ['UPLOAD foo', '600 foo : Unknown table !\r\n'],
  ['DOWNLOAD VALID 123456789012', '600 123456789012 : Not a number of seconds !\r\n'],
  ['DOWNLOAD VALID 1h', '600 1h : Not a number of seconds !\r\n'],
  ['DOWNLOAD VALID -1', '600 -1 : Not a number of seconds !\r\n'],
])('%j is an error: %j', ([line, answer]) => {
  expect(parseCommand(line)).toEqual({ kind: 'error', answer });
});

test.for<[words: string, client: string, sender: string, recipient: string, name: string | undefined]>([
  [
    '10.1.2.3 <joe@example.com> <bob@example.org> mail.example.com',
    '10.1.2.3',
    'joe@example.com',
    'bob@example.org',
    'mail.example.com',
  ],
  [
    '10.1.2.3,joe@example.com,bob@example.org,MAIL.example.com',
    '10.1.2.3',
    'joe@example.com',
    'bob@example.org',
    'mail.example.com',
  ],
  ['10.1.2.3 Joe@Example.COM', '10.1.2.3', 'joe@example.com', '-', undefined],
  ['10.1.2.3', '10.1.2.3', '-', '-', undefined],
  ['10.1.2.3 <> b [10.1.2.3] more words', '10.1.2.3', '', 'b', undefined],
  ['10.1.2.3 nullsender b unknown', '10.1.2.3', '', 'b', undefined],
  ['10.1.2.3 a nullsender', '10.1.2.3', 'a', 'nullsender', undefined],
  ['10.1.2.3 <postmaster@example.com> b', '10.1.2.3', 'postmaster@example.com', 'b', undefined],
  ['10.1.2.3 mailer-daemon b', '10.1.2.3', 'mailer-daemon', 'b', undefined],
  ['10.1.2.3 x<a<b@c>d>e <<b>>', '10.1.2.3', 'a<b@c>d', 'b', undefined],
  ['10.1.2.3 >a< b', '10.1.2.3', '>a<', 'b', undefined],
  ['10.1.2.3 a;b b m;x', '10.1.2.3', 'a;b', 'b', 'm;x'],
  ['10.1.2.3 <joe\tx@exa\tmple.com> b\tb ma\til', '10.1.2.3', 'joe\tx@exa\tmple.com', 'b\tb', 'ma\til'],
  ['10.1.2.3 a\u00a0b@c b', '10.1.2.3', 'a\u00a0b@c', 'b', undefined],
  ['2001:DB8::1 a b', '2001:db8::1', 'a', 'b', undefined],
  ['[2001:db8::1] a b', '2001:db8::1', 'a', 'b', undefined],
  ['IPv6:2001:db8::1 a b', '2001:db8::1', 'a', 'b', undefined],
  ['::ffff:10.1.2.3 a b', '10.1.2.3', 'a', 'b', undefined],
])('check %j', ([words, client, sender, recipient, name]) => {
  for (const kind of ['greycheck', 'greyvalid']) {
    const parsed = parseCommand(`${kind} ${words}`);
    expect(parsed).toMatchObject({ kind, check: { client: { text: client }, via: 'greyd' } });
    expect(parsed).toMatchObject({ check: { sender: { text: sender }, recipient: { text: recipient } } });
    expect('check' in parsed && parsed.check?.clientName).toBe(name);
  }
});

test.for(['foo', 'x[10.1.2.3]', '[10.1.2.3]x', '10.1.2', '1::2::3', '2001:db8::10000', '10.1.2.3/24'])(
  '%s is no address',
  (ip) => {
    expect(parseCommand(`GREYCHECK ${ip} a b`)).toEqual({ kind: 'greycheck', check: undefined });
  },
);

test('no line makes the parser fail', () => {
  const word = fc.oneof(
    fc.constantFrom('GREYCHECK', 'greyvalid', 'DOWNLOAD', '10.1.2.3', '<>', ',', '\0'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(parseCommand(words.join(' '))).toHaveProperty('kind');
    }),
  );
});
