import { expect, test } from 'vitest';
import { isNullSender } from '../policy/check.ts';
import { parseGreydRecipient, parseGreydSender } from './greyd-address.ts';

const addresses: readonly [argument: string, address: string, host: string][] = [
  ['<joe@x.y>', 'joe@x.y', 'x.y'],
  ['<>', '', ''],
  ['<JOE@X.Y>', 'JOE@X.Y', 'x.y'],
  ['joe@x.y>', 'joe@x.y>', 'x.y>'],
  ['a>b<c', 'a>b<c', ''],
  ['<joe@x.y> SIZE=100', 'joe@x.y', 'x.y'],
  // ze-filter takes the host from the first `@` on.
  ['<a@b><c@d>', 'a@b><c@d', 'd'],
];

test.for(addresses)('%s is %s at %s', ([argument, address, host]) => {
  for (const parse of [parseGreydSender, parseGreydRecipient]) {
    expect(parse(argument)).toMatchObject({ text: address, domain: host });
  }
});

const senders: readonly [argument: string, empty: boolean][] = [
  ['', true],
  ['<>', true],
  ['nullsender', true],
  ['NullSender', true],
  ['a<>b', true],
  ['nullsender@x.y', false],
  ['xpostmaster', false],
  ['-', false],
  ['joe@x.y', false],
  ['daemon', false],
  // With ze-filter only GREYCHECK sees the empty sender here.
  ['<nullsender>', true],
  // D24: for ze-filter these are empty senders.
  ['PostMaster@x.y', false],
  ['postmasters@x.y', false],
  ['mailer-daemon', false],
  ['mailer-daemonx', false],
];

test.for(senders)('%s is the empty sender: %s', ([argument, empty]) => {
  expect(isNullSender(parseGreydSender(argument))).toBe(empty);
});

test('a recipient may be called nullsender', () => {
  expect(parseGreydRecipient('nullsender').text).toBe('nullsender');
});
