import { expect, test } from 'vitest';
import { addressOf } from '../../test/engine-bench.ts';
import { hostsOf, UNKNOWN_HOSTS } from './fake-hosts.ts';
import { type EventLine, PeerEvents } from './peer-events.ts';

const SPAM: EventLine = { hosts: hostsOf('192.0.2.1'), name: 'MX1.example.org', events: new Set(['spam']) };
const OK: EventLine = {
  hosts: hostsOf('192.0.2.0/24', '2001:db8::/32'),
  name: undefined,
  events: new Set(['ok', 'a']),
};
const LATE: EventLine = { hosts: UNKNOWN_HOSTS, name: 'late.example.org', events: new Set(['ok', 'b']) };
/** Nobody can tell whether it has IPv6 addresses. */
const HALF: EventLine = { ...LATE, hosts: { ...hostsOf('192.0.2.1'), complete: (family) => family === 4 } };

const UNKNOWN = 'the addresses of late.example.org are not known yet';

/** What is taken from a server at that address: handed in, and read where it is called by the name. */
test.for<[what: string, lines: EventLine[], server: [address: string, called: string], caller: string, source: string]>(
  [
    ['no line', [], ['192.0.2.1', 'x'], 'all', 'all'],
    ['no line that holds it', [SPAM, OK], ['192.0.3.1', 'x'], 'all', 'all'],
    ['a network', [OK], ['192.0.2.7', '192.0.2.7'], 'ok a', 'ok a'],
    ['IPv6 in another spelling', [OK], ['2001:DB8:0::7', '2001:0db8::7'], 'ok a', 'ok a'],
    ['IPv4 as the system of an IPv6 socket tells it', [OK], ['::ffff:192.0.2.7', 'x'], 'ok a', 'ok a'],
    ['an address where the line has the name', [SPAM], ['192.0.2.1', '192.0.2.1'], 'spam', 'spam'],
    ['the name, in other letters, at another address', [SPAM], ['198.51.100.1', 'mx1.EXAMPLE.org'], 'all', 'spam'],
    ['the first line of two', [SPAM, OK], ['192.0.2.1', 'x'], 'spam', 'spam'],
    ['a name that is not known yet', [LATE], ['192.0.3.1', 'x'], 'ok b', UNKNOWN],
    ['IPv4, of a name that is known for IPv4', [HALF], ['192.0.3.1', 'x'], 'all', 'all'],
    ['the IPv4 address of such a name', [HALF], ['192.0.2.1', 'x'], 'ok b', 'ok b'],
    ['IPv6, of a name that is known for IPv4', [HALF], ['2001:db8::1', 'x'], 'ok b', UNKNOWN],
    ['the one that is called by it', [LATE], ['192.0.3.1', 'Late.example.org'], 'ok b', 'ok b'],
    ['not known, before the line that holds', [LATE, OK], ['192.0.2.7', 'x'], 'ok', UNKNOWN],
    ['not known, after the line that holds', [OK, LATE], ['192.0.2.7', 'x'], 'ok a', 'ok a'],
    ['two that have nothing in common', [LATE, SPAM], ['192.0.2.1', 'x'], '', UNKNOWN],
  ],
)('%s', async ([, lines, [address, called], caller, source]) => {
  const events = new PeerEvents(lines);
  const text = (found: ReadonlySet<string> | undefined): string => (found === undefined ? 'all' : [...found].join(' '));
  expect(text(events.ofCaller(addressOf(address)))).toBe(caller);
  const read = events.ofSource(address, called).then(
    (now) => text(now()),
    ({ message }: Error) => message,
  );
  expect(await read).toContain(source);
});

test('who is read from waits for the names to be looked up', async () => {
  const { promise: tried, resolve } = Promise.withResolvers<void>();
  let complete = false;
  const events = new PeerEvents([{ ...LATE, hosts: { has: () => complete, complete: () => complete, tried } }]);
  const found = events.ofSource('192.0.2.1', 'x');
  complete = true;
  resolve();
  expect((await found)()).toEqual(LATE.events);
});

test('who is read from while a name can not be looked up is given up ten times; then less is taken, until it is known', async () => {
  let complete = false;
  const late: EventLine = { ...LATE, hosts: { ...hostsOf(), complete: () => complete } };
  const events = new PeerEvents([late]);
  for (let time = 0; time < 10; time += 1) await expect(events.ofSource('192.0.2.1', 'x')).rejects.toThrow(UNKNOWN);
  const taken = await events.ofSource('192.0.2.1', 'x');
  expect(taken()).toEqual(LATE.events);
  await expect(events.ofSource('192.0.2.2', 'y')).rejects.toThrow(UNKNOWN);
  complete = true;
  expect(taken()).toBeUndefined();
});
