import { expect, test } from 'vitest';
import { choice, count, decimal, duration, reply, serverName, socketAddress, word, yesNo } from './option-types.ts';
import { read, reader } from './read-text.ts';

const level = choice('NET', 'FULL', 'NONE');

test.for<[text: string, seconds: number | undefined]>([
  ['90', 90],
  ['10s', 10],
  ['10m', 600],
  ['10M', 600],
  ['4h', 14_400],
  ['3d', 259_200],
  ['2w', 1_209_600],
  ['4 hours', 14_400],
  ['"4 hours"', 14_400],
  ['1 Hour', 3600],
  ['60 days', 5_184_000],
  ['5 minutes', 300],
  ['1week', 604_800],
  ['0', 0],
  ['', undefined],
  ['h', undefined],
  ['-1', undefined],
  ['1.5h', undefined],
  ['1h 30m', undefined],
  ['3 months', undefined],
  ['1000000000', undefined],
])('the time %j is %j seconds', ([text, seconds]) => {
  expect(read(duration, text)).toBe(seconds);
});

test.for<[seconds: number, text: string]>([
  [0, '0s'],
  [290, '290s'],
  [600, '10m'],
  [14_400, '4h'],
  [86_400, '1d'],
  [90_000, '25h'],
  [1_209_600, '2w'],
])('%i seconds are written %s', ([seconds, text]) => {
  expect(duration.write(seconds)).toBe(text);
});

test.for<[name: string, text: string, value: unknown, parse: (text: string) => unknown]>([
  ['count', '50', 50, reader(count)],
  ['count', '0', 0, reader(count)],
  ['count', '-1', undefined, reader(count)],
  ['count', '1 2', undefined, reader(count)],
  ['count', '5x', undefined, reader(count)],
  ['count', '', undefined, reader(count)],
  ['yesNo', 'Yes', true, reader(yesNo)],
  ['yesNo', 'on', true, reader(yesNo)],
  ['yesNo', '1', true, reader(yesNo)],
  ['yesNo', 'NO', false, reader(yesNo)],
  ['yesNo', 'false', false, reader(yesNo)],
  ['yesNo', 'maybe', undefined, reader(yesNo)],
  ['yesNo', 'yes no', undefined, reader(yesNo)],
  ['word', '"/var/lib/dd grey"', '/var/lib/dd grey', reader(word)],
  ['word', 'two words', undefined, reader(word)],
  ['word', '""', undefined, reader(word)],
  ['choice', 'full', 'FULL', reader(level)],
  ['choice', 'half', undefined, reader(level)],
  ['reply', '451:4.2.0:Try later', { code: '451', status: '4.2.0', text: 'Try later' }, reader(reply)],
  ['reply', '"451:4.2.0:Try  later"', { code: '451', status: '4.2.0', text: 'Try  later' }, reader(reply)],
  ['reply', '550:5.7.1:Never', undefined, reader(reply)],
  ['decimal', '0.5', 0.5, reader(decimal)],
  ['decimal', '3', 3, reader(decimal)],
  ['decimal', '-1', undefined, reader(decimal)],
  ['decimal', '1,5', undefined, reader(decimal)],
  ['decimal', '.5', undefined, reader(decimal)],
  ['decimal', '1 2', undefined, reader(decimal)],
  ['socketAddress', 'inet:2012@192.0.2.1', { kind: 'tcp', host: '192.0.2.1', port: 2012 }, reader(socketAddress)],
  ['socketAddress', 'local:/run/greyd', { kind: 'unix', path: '/run/greyd' }, reader(socketAddress)],
  ['socketAddress', '192.0.2.1', undefined, reader(socketAddress)],
  ['socketAddress', 'unix:a unix:b', undefined, reader(socketAddress)],
  ['serverName', 'mx1.example.org', 'mx1.example.org', reader(serverName)],
  ['serverName', 'mx1', 'mx1', reader(serverName)],
  ['serverName', 'LocalHost', undefined, reader(serverName)],
  ['serverName', 'localhost.localdomain', undefined, reader(serverName)],
  ['serverName', 'mx1 mx2', undefined, reader(serverName)],
  ['serverName', '192.0.2.1', undefined, reader(serverName)],
])('%s: %j is %j', ([, text, value, parse]) => {
  expect(parse(text)).toEqual(value);
});
