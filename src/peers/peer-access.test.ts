import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Answer, LineProtocol } from '../lib/line-protocol.ts';
import { hostsOf } from './fake-hosts.ts';
import { fakeParts, REPORT } from './fake-sync-parts.ts';
import { createPeerAccess } from './peer-access.ts';
import { PeerEvents } from './peer-events.ts';
import { formatReport } from './report-text.ts';
import { peerProtocol } from './sync-server.ts';

const access = createPeerAccess({
  readers: hostsOf('192.0.2.1', '198.51.100.0/24', 'fe80::/64'),
  writers: hostsOf('192.0.2.2', '198.51.100.0/24', '2001:db8::/32'),
  events: new PeerEvents([
    { hosts: hostsOf('198.51.100.9'), name: undefined, events: new Set(['spam']) },
    { hosts: hostsOf('198.51.100.0/24'), name: undefined, events: new Set(['ok']) },
  ]),
  rate: () => 1,
});

test.for<[address: string, may: string | undefined, events?: string[]]>([
  ['192.0.2.1', 'read'],
  ['::ffff:192.0.2.1', 'read'],
  ['192.0.2.2', 'write'],
  ['198.51.100.9', 'read write', ['spam']],
  ['198.51.100.8', 'read write', ['ok']],
  ['2001:db8:7::1', 'write'],
  ['fe80::1%eth0', 'read'],
  ['192.0.2.3', undefined],
  ['', undefined],
])('%s may %s', ([address, may, events]) => {
  const caller = access.callerOf({ kind: 'tcp', address });
  const rights = caller && [caller.mayRead && 'read', caller.mayWrite && 'write'].filter(Boolean).join(' ');
  expect(rights).toBe(may);
  expect(caller?.sender.events && [...caller.sender.events]).toEqual(events);
});

test('p73: a stranger is sent away without a word', () => {
  const session = peerProtocol(fakeParts(), access).open({ kind: 'tcp', address: '192.0.2.3' });
  expect(session.greeting).toBeUndefined();
  expect(session.denied).toBe('it is in none of accept, accept_reader, accept_writer and peer');
  expect(session.line('helo x')).toBeUndefined();
});

test.for<[address: string, readers: string[], writers: string[], denied: string | undefined]>([
  ['192.0.2.1', ['192.0.2.0/24'], [], undefined],
  ['192.0.2.1', ['192.0.2.2'], ['192.0.2.1'], 'may no longer read reports'],
  ['192.0.2.2', [], ['192.0.2.2'], undefined],
  ['192.0.2.2', ['192.0.2.2'], [], 'may no longer hand in reports'],
  ['198.51.100.8', ['198.51.100.8'], ['198.51.100.8'], undefined],
  ['198.51.100.8', ['198.51.100.8'], [], 'may no longer hand in reports'],
])('%s, then readers are %j and writers %j: %s', ([address, readers, writers, denied]) => {
  let changed = false;
  const rights = { readers: hostsOf('192.0.2.1', '198.51.100.8'), writers: hostsOf('192.0.2.2', '198.51.100.8') };
  const afterwards = { readers: hostsOf(...readers), writers: hostsOf(...writers) };
  const now = (): typeof rights => (changed ? afterwards : rights);
  const caller = createPeerAccess({
    readers: { has: (client) => now().readers.has(client) },
    writers: { has: (client) => now().writers.has(client) },
    events: new PeerEvents([]),
    rate: () => 0,
  }).callerOf({ kind: 'tcp', address });
  expect(caller?.denied()).toBeUndefined();
  changed = true;
  expect(caller?.denied()).toBe(denied);
});

/** Hands in a report over a connection of its own; the answer. */
async function handIn(
  protocol: LineProtocol,
  address: string,
  report = formatReport(REPORT),
): Promise<Answer['text'] | undefined> {
  const session = protocol.open({ kind: 'tcp', address });
  const answers = ['report', ...report, '.'].map((line) => session.line(line));
  return answers.at(-1)?.text;
}

test('a report that has no name yet is named here, and is one of the events that its sender may tell of', async () => {
  const parts = fakeParts();
  const nameless = formatReport(REPORT).map((line) => line.replace(/^(origin(?:_id)?:).*/, '$1'));
  expect(await handIn(peerProtocol(parts, access), '198.51.100.6', nameless)).toBe('200 accepted\r\n');
  const sender = { events: new Set(['ok']), restores: true };
  expect(parts.asked).toMatchObject([[{ ip: REPORT.ip, origin: 'mx1.example.org', originId: 0 }, sender]]);
});

test('who may hand in so many reports a minute waits for the next one, over whatever connection', async () => {
  const protocol = peerProtocol(fakeParts(), access);
  expect(await handIn(protocol, '198.51.100.9')).toBe('200 accepted\r\n');
  const answered: string[] = [];
  for (const address of ['198.51.100.9', '198.51.100.8'])
    void handIn(protocol, address).then(() => answered.push(address));
  await setImmediate();
  expect(answered).toEqual(['198.51.100.8']);
});

test('no more than a hundred reports of an address wait', async () => {
  const protocol = peerProtocol(fakeParts(), access);
  const answered: (Answer['text'] | undefined)[] = [];
  for (let i = 0; i < 103; i += 1) void handIn(protocol, '198.51.100.7').then((text) => answered.push(text));
  await setImmediate();
  const refused = '500 100 reports of yours are waiting already\r\n';
  expect(answered).toEqual([refused, refused, '200 accepted\r\n']);
});

test('a higher rate counts at once', async () => {
  let rate = 1;
  const rights = { has: () => true };
  const raised = createPeerAccess({ readers: rights, writers: rights, events: new PeerEvents([]), rate: () => rate });
  const protocol = peerProtocol(fakeParts(), raised);
  await handIn(protocol, '198.51.100.7');
  const waiting = handIn(protocol, '198.51.100.7');
  await setImmediate();
  rate = 1_000_000;
  expect(await waiting).toBe('200 accepted\r\n');
});
