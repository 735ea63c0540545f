import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitWords } from '../lib/words.ts';
import { choice, count, duration, listeners, networks, type OptionType, reply, word, yesNo } from './option-types.ts';

const level = choice('NET', 'FULL', 'NONE');

function read<T>(type: OptionType<T>, text: string): T | undefined {
  return type.parse(splitWords(text, { comments: true }));
}

function reader<T>(type: OptionType<T>): (text: string) => T | undefined {
  return (text) => read(type, text);
}

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
  ['networks', '192.0.2.0/33', undefined, reader(networks)],
  ['networks', '192.0.2.1 mail.example.org', undefined, reader(networks)],
  ['networks', '', undefined, reader(networks)],
])('%s: %j is %j', ([, text, value, parse]) => {
  expect(parse(text)).toEqual(value);
});

test.for<[text: string, listener: unknown]>([
  ['greylist unix:a.socket', { protocol: 'greylist', address: { kind: 'unix', path: 'a.socket' } }],
  ['Policy 127.0.0.1:10023', { protocol: 'policy', address: { kind: 'tcp', host: '127.0.0.1', port: 10_023 } }],
  ['sync inet:1@[::1]', { protocol: 'sync', address: { kind: 'tcp', host: '::1', port: 1 } }],
  [
    'greylist local:/run/a group=mail mode=0660',
    { protocol: 'greylist', address: { kind: 'unix', path: '/run/a' }, mode: 0o660, group: 'mail' },
  ],
  ['greylist', undefined],
  ['smtp unix:a', undefined],
  ['greylist a.socket', undefined],
  ['greylist unix:a mode=999', undefined],
  ['greylist unix:a owner=mail', undefined],
  ['greylist 127.0.0.1:1 mode=0660', undefined],
  ['greylist unix:a b', undefined],
])('listen %s', ([text, listener]) => {
  expect(read(listeners, text)).toEqual(listener === undefined ? undefined : [listener]);
});

test('networks keep the text that was written', () => {
  expect(read(networks, '192.0.2.1 IPv6:2001:DB8::/32')?.map(({ text, bits }) => `${text} ${bits}`)).toEqual([
    '192.0.2.1 32',
    'IPv6:2001:DB8::/32 32',
  ]);
});

const plain = fc.stringMatching(/^[ -_a-z]{1,12}$/).filter((text) => !text.endsWith('\\'));
const network = fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, bits]) => `${address}/${bits}`);
const socket = fc.oneof(
  plain.map((path) => ({ kind: 'unix', path }) as const),
  fc.record({ kind: fc.constant('tcp' as const), host: fc.oneof(fc.ipV4(), fc.ipV6()), port: fc.nat(65_535) }),
);
const access = fc.record({ mode: fc.nat(0o7777), group: fc.stringMatching(/^[a-z]{1,4}$/) }, { requiredKeys: [] });
const listener = fc
  .tuple(fc.constantFrom('greylist', 'policy', 'sync'), socket, access)
  .map(([protocol, address, rest]) => ({ protocol, address, ...(address.kind === 'unix' ? rest : {}) }));
const template = fc.record({ code: fc.constant('451'), status: fc.constant('4.2.0'), text: plain });

/** A value, and what it is after it was written and read again. */
type Pairs = fc.Arbitrary<readonly [value: unknown, back: unknown]>;

function rewritten<T>(type: OptionType<T>, values: fc.Arbitrary<T | undefined>): Pairs {
  return values.map((value) => [value, value === undefined ? undefined : read(type, type.write(value))]);
}

const piece = fc.constantFrom(
  'greylist ',
  'unix:',
  '127.0.0.1',
  ':1',
  '/24',
  ' mode=000',
  ' group=',
  '451:4.2.0:',
  '4 ',
);
const line = fc
  .array(fc.oneof(piece, fc.stringMatching(/^[ah"' \\#[\]@:7]$/)), { maxLength: 12 })
  .map((all) => all.join(''));

test.for<[name: string, pairs: Pairs]>([
  ['duration', rewritten(duration, fc.nat(999_999_999))],
  ['count', rewritten(count, fc.nat(999_999_999))],
  ['yesNo', rewritten(yesNo, fc.boolean())],
  ['word', rewritten(word, plain)],
  ['choice', rewritten(level, fc.constantFrom('NET', 'FULL', 'NONE'))],
  ['networks', rewritten(networks, fc.array(network, { minLength: 1 }).map(networks.parse))],
  ['reply', rewritten(reply, template)],
  [
    'listeners',
    rewritten(
      listeners,
      listener.map((one) => [one]),
    ),
  ],
  ['duration, of any text', rewritten(duration, line.map(reader(duration)))],
  ['word, of any text', rewritten(word, line.map(reader(word)))],
  ['networks, of any text', rewritten(networks, line.map(reader(networks)))],
  ['reply, of any text', rewritten(reply, line.map(reader(reply)))],
  ['listeners, of any text', rewritten(listeners, line.map(reader(listeners)))],
])('%s: what is written reads back as the same value', ([, pairs]) => {
  fc.assert(
    fc.property(pairs, ([value, back]) => {
      expect(back).toEqual(value);
    }),
    { numRuns: 1000 },
  );
});
