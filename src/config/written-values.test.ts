// What an option's value is written as reads back as the same value; no text makes a type throw.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEWHITE_FLAGS } from '../policy/dewhite.ts';
import { dewhiteFlags } from './dewhite-type.ts';
import { listScores, nameServers, ownListZones } from './dns-types.ts';
import { headerPatterns } from './header-type.ts';
import { peerEvents, peerHosts, trustedHosts } from './host-types.ts';
import { choices, words } from './list-type.ts';
import { listeners, PROTOCOLS } from './listener-type.ts';
import {
  choice,
  count,
  decimal,
  duration,
  fileOrNone,
  type OptionType,
  reply,
  serverName,
  socketAddress,
  word,
  yesNo,
} from './option-types.ts';
import { read, reader } from './read-text.ts';

const level = choice('NET', 'FULL', 'NONE');

const plain = fc.stringMatching(/^[ -_a-z]{1,12}$/).filter((text) => !text.endsWith('\\'));
const inList = plain.filter((text) => text !== 'none');
const network = fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, bits]) => `${address}/${bits}`);
const socket = fc.oneof(
  plain.map((path) => ({ kind: 'unix', path }) as const),
  fc.record({ kind: fc.constant('tcp' as const), host: fc.oneof(fc.ipV4(), fc.ipV6()), port: fc.nat(65_535) }),
);
const access = fc.record({ mode: fc.nat(0o7777), group: fc.stringMatching(/^[a-z]{1,4}$/) }, { requiredKeys: [] });
const listener = fc
  .tuple(fc.constantFrom(...PROTOCOLS), socket, access)
  .map(([protocol, address, rest]) => ({ protocol, address, ...(address.kind === 'unix' ? rest : {}) }));
const hostName = fc.stringMatching(/^([a-z0-9]{1,4}\.){0,3}[a-z]{1,4}$/).filter((name) => name !== 'none');
const nameServer = fc.record({ address: fc.oneof(fc.ipV4(), fc.ipV6()), port: fc.integer({ min: 1, max: 65_535 }) });
const code = fc.nat(255).map((last) => `127.0.0.${last}`);
const pattern = fc.constantFrom(/^\s*yes\b/i, /a b/i, /^Yes, "score"/i, /[#'/]/i, /\\$/i, /\d+ `x`/i);
const template = fc.record({ code: fc.constant('451'), status: fc.constant('4.2.0'), text: plain });

/** A value, and what it is after it was written and read again. */
type Pairs = fc.Arbitrary<readonly [value: unknown, back: unknown]>;

function rewritten<T>(type: OptionType<T>, values: fc.Arbitrary<T | undefined>): Pairs {
  return values.map((value) => [value, value === undefined ? undefined : read(type, type.write(value))]);
}

function one<T>(value: fc.Arbitrary<T>): fc.Arbitrary<readonly [T]> {
  return value.map((only) => [only]);
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
  'mx.example.org ',
  'All',
);
const line = fc
  .array(fc.oneof(piece, fc.stringMatching(/^[ah"' \\#[\]@:7]$/)), { maxLength: 12 })
  .map((all) => all.join(''));

test.for<[name: string, pairs: Pairs]>([
  ['duration', rewritten(duration, fc.nat(999_999_999))],
  ['count', rewritten(count, fc.nat(999_999_999))],
  ['yesNo', rewritten(yesNo, fc.boolean())],
  ['word', rewritten(word, plain)],
  ['fileOrNone', rewritten(fileOrNone, fc.oneof(inList, fc.constant('')))],
  ['choice', rewritten(level, fc.constantFrom('NET', 'FULL', 'NONE'))],
  [
    'decimal',
    rewritten(
      decimal,
      fc.nat(999_999_999).map((value) => value / 1000),
    ),
  ],
  [
    'socketAddress',
    rewritten(
      socketAddress,
      socket.filter(({ kind, ...place }) => kind === 'unix' || ('port' in place && place.port > 0)),
    ),
  ],
  ['serverName', rewritten(serverName, hostName)],
  ['words', rewritten(words, fc.array(inList))],
  ['choices', rewritten(choices('a', 'b'), fc.subarray<'a' | 'b'>(['a', 'b']))],
  ['trustedHosts', rewritten(trustedHosts, fc.array(fc.oneof(network, hostName)).map(trustedHosts.parse))],
  ['nameServers', rewritten(nameServers, fc.array(nameServer, { minLength: 1 }))],
  ['listScores', rewritten(listScores, one(fc.record({ name: inList, score: fc.integer({ min: -1000, max: 0 }) })))],
  [
    'ownListZones',
    rewritten(
      ownListZones,
      one(fc.record({ name: inList, zone: hostName, ipv6: fc.boolean(), codes: fc.array(code) })),
    ),
  ],
  ['headerPatterns', rewritten(headerPatterns, one(fc.record({ name: fc.constant('X-A'), pattern })))],
  [
    'dewhiteFlags',
    rewritten(
      dewhiteFlags,
      fc.subarray([...DEWHITE_FLAGS]).map((flags) => new Set(flags)),
    ),
  ],
  ['reply', rewritten(reply, template)],
  ['listeners', rewritten(listeners, one(listener))],
  ['duration, of any text', rewritten(duration, line.map(reader(duration)))],
  ['word, of any text', rewritten(word, line.map(reader(word)))],
  ['words, of any text', rewritten(words, line.map(reader(words)))],
  ['trustedHosts, of any text', rewritten(trustedHosts, line.map(reader(trustedHosts)))],
  ['nameServers, of any text', rewritten(nameServers, line.map(reader(nameServers)))],
  ['ownListZones, of any text', rewritten(ownListZones, line.map(reader(ownListZones)))],
  ['headerPatterns, of any text', rewritten(headerPatterns, line.map(reader(headerPatterns)))],
  ['dewhiteFlags, of any text', rewritten(dewhiteFlags, line.map(reader(dewhiteFlags)))],
  ['peerHosts, of any text', rewritten(peerHosts, line.map(reader(peerHosts)))],
  ['peerEvents, of any text', rewritten(peerEvents, line.map(reader(peerEvents)))],
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
