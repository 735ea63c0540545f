import { expect, test } from 'vitest';
import { DEWHITE_FLAGS } from '../policy/dewhite.ts';
import { dewhiteFlags } from './dewhite-type.ts';
import { listScores, nameServers, ownListZones } from './dns-types.ts';
import { headerPatterns } from './header-type.ts';
import { trustedHosts } from './host-types.ts';
import { choices, words } from './list-type.ts';
import { listeners } from './listener-type.ts';
import { read, reader } from './read-text.ts';

const services = choices('exim4', 'postfix');

test.for<[name: string, text: string, value: unknown, parse: (text: string) => unknown]>([
  ['words', 'spamcop "two words"', ['spamcop', 'two words'], reader(words)],
  ['words', 'None', [], reader(words)],
  ['words', 'a none', ['a', 'none'], reader(words)],
  ['words', 'a ""', undefined, reader(words)],
  ['words', '', undefined, reader(words)],
  ['choices', 'Exim4 POSTFIX', ['exim4', 'postfix'], reader(services)],
  ['choices', 'none', [], reader(services)],
  ['choices', 'exim4 sendmail', undefined, reader(services)],
  ['choices', '', undefined, reader(services)],
  ['listScores', 'spamcop -30', [{ name: 'spamcop', score: -30 }], reader(listScores)],
  ['listScores', 'spamcop 0', [{ name: 'spamcop', score: 0 }], reader(listScores)],
  ['listScores', 'spamcop -0', [{ name: 'spamcop', score: 0 }], reader(listScores)],
  ['listScores', 'spamcop -1000', [{ name: 'spamcop', score: -1000 }], reader(listScores)],
  ['listScores', 'spamcop -1001', undefined, reader(listScores)],
  ['listScores', 'spamcop 1', undefined, reader(listScores)],
  ['listScores', 'spamcop -1.5', undefined, reader(listScores)],
  ['listScores', 'spamcop', undefined, reader(listScores)],
  ['listScores', 'spamcop -1 uce-2 -1', undefined, reader(listScores)],
  [
    'ownListZones',
    'own bl.example.org',
    [{ name: 'own', zone: 'bl.example.org', ipv6: false, codes: [] }],
    reader(ownListZones),
  ],
  [
    'ownListZones',
    'own bl.example.org IPv6 127.0.0.2',
    [{ name: 'own', zone: 'bl.example.org', ipv6: true, codes: ['127.0.0.2'] }],
    reader(ownListZones),
  ],
  ['ownListZones', 'own bl.example.org 127.0.0.2 ipv6', undefined, reader(ownListZones)],
  [
    'ownListZones',
    'own bl.example.org 127.0.0.2 127.0.0.9',
    [{ name: 'own', zone: 'bl.example.org', ipv6: false, codes: ['127.0.0.2', '127.0.0.9'] }],
    reader(ownListZones),
  ],
  ['ownListZones', 'own bl.example.org 10.0.0.2', undefined, reader(ownListZones)],
  ['ownListZones', 'own bl.example.org 127.0.0', undefined, reader(ownListZones)],
  ['ownListZones', 'own 127.0.0.2', undefined, reader(ownListZones)],
  ['ownListZones', 'own', undefined, reader(ownListZones)],
  [
    'nameServers',
    '192.0.2.53 [2001:db8::53]:5353',
    [
      { address: '192.0.2.53', port: 53 },
      { address: '2001:db8::53', port: 5353 },
    ],
    reader(nameServers),
  ],
  ['nameServers', 'dns.example.org', undefined, reader(nameServers)],
  ['nameServers', 'none', undefined, reader(nameServers)],
  [
    'headerPatterns',
    'X-Spam-Flag ^\\s*yes\\b',
    [{ name: 'X-Spam-Flag', pattern: /^\s*yes\b/i }],
    reader(headerPatterns),
  ],
  ['headerPatterns', 'X-Spam-Status "^Yes, "', [{ name: 'X-Spam-Status', pattern: /^Yes, /i }], reader(headerPatterns)],
  ['headerPatterns', 'none', [], reader(headerPatterns)],
  ['headerPatterns', 'X-Spam-Status ^Yes, score', undefined, reader(headerPatterns)],
  ['headerPatterns', 'X-Spam-Flag (yes', undefined, reader(headerPatterns)],
  ['headerPatterns', 'X-Spam-Flag ""', undefined, reader(headerPatterns)],
  ['headerPatterns', 'X-Spam-Flag', undefined, reader(headerPatterns)],
  ['headerPatterns', 'X-Spam-Flag: yes', undefined, reader(headerPatterns)],
])('%s: %j is %j', ([, text, value, parse]) => {
  expect(parse(text)).toEqual(value);
});

test.for<[text: string, hosts: readonly string[] | undefined]>([
  ['192.0.2.1', ['network 192.0.2.1']],
  ['192.0.2.0/24 2001:db8::/32', ['network 192.0.2.0/24', 'network 2001:db8::/32']],
  ['192.0.2.0/255.255.255.0', ['network 192.0.2.0/255.255.255.0']],
  ['IPv6:2001:DB8::/32 mail.example.org', ['network IPv6:2001:DB8::/32', 'name mail.example.org']],
  ['backup-mx', ['name backup-mx']],
  ['mx.bücher.example', ['name mx.xn--bcher-kva.example']],
  ['none', []],
  ['203.0.113.0-203.0.113.7', undefined],
  ['192.0.2.0/33', undefined],
  ['192.0.2.256', undefined],
  ['192.0.2', undefined],
  ['mail.example.org 192.0.2.0/33', undefined],
  ['mail.example.org/24', undefined],
  ['user@example.org', undefined],
  ['', undefined],
])('trusted %s', ([text, hosts]) => {
  const shown = read(trustedHosts, text)?.map((host) =>
    host.kind === 'network' ? `network ${host.network.text}` : `name ${host.name}`,
  );
  expect(shown).toEqual(hosts);
});

test.for<[text: string, flags: readonly string[] | undefined]>([
  ['DomainMatch', ['DomainMatch']],
  ['domainmatch BADMX', ['DomainMatch', 'BadMX']],
  ['BadMX,DomainMatch|SpamTrap', ['BadMX', 'DomainMatch', 'SpamTrap']],
  ['"BadMX, BadRCPT"', ['BadMX', 'BadRCPT']],
  ['All', DEWHITE_FLAGS],
  ['None', []],
  ['None BadMX', []],
  ['BadMX None', []],
  ['BadMX All nonsense', DEWHITE_FLAGS],
  ['BadMX nonsense All', undefined],
  ['DomainMismatch', []],
  ['NullSender BadMX', ['BadMX']],
  [',', undefined],
  ['', undefined],
])('GREY_DEWHITE_FLAGS %s', ([text, flags]) => {
  expect(read(dewhiteFlags, text)).toEqual(flags && new Set(flags));
});

test.for<[text: string, listener: unknown]>([
  ['greylist unix:a.socket', { protocol: 'greylist', address: { kind: 'unix', path: 'a.socket' } }],
  ['Policy 127.0.0.1:10023', { protocol: 'policy', address: { kind: 'tcp', host: '127.0.0.1', port: 10_023 } }],
  ['sync inet:1@[::1]', { protocol: 'sync', address: { kind: 'tcp', host: '::1', port: 1 } }],
  [
    'greylist local:/run/a group=mail mode=0660',
    { protocol: 'greylist', address: { kind: 'unix', path: '/run/a' }, mode: 0o660, group: 'mail' },
  ],
  ['milter inet:8891@127.0.0.1', { protocol: 'milter', address: { kind: 'tcp', host: '127.0.0.1', port: 8891 } }],
  ['greyd :2012', undefined],
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
