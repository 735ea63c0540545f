import { getServers } from 'node:dns';
import { expect, test } from 'vitest';
import { manualClock } from '../lib/clock.ts';
import { parseNameServer } from '../lib/name-server.ts';
import { systemNameServers } from './system-name-servers.ts';

test('servers that change are noticed after a moment, also when the clock goes back', () => {
  const clock = manualClock();
  let set = ['127.0.0.1'];
  const servers = systemNameServers(clock, () => set);
  const addresses = (): string =>
    servers()
      .map(({ address, port }) => `${address} ${port}`)
      .join(', ');
  expect(addresses()).toBe('127.0.0.1 53');
  set = ['192.0.2.53', '[2001:db8::53]:5353'];
  expect(addresses()).toBe('127.0.0.1 53');
  clock.advance(5);
  expect(addresses()).toBe('192.0.2.53 53, 2001:db8::53 5353');
  set = ['192.0.2.54'];
  clock.advance(-3600);
  expect(addresses()).toBe('192.0.2.54 53');
});

test('as long as they are the same the array is, since the one that answered last is looked for in it', () => {
  const clock = manualClock();
  const servers = systemNameServers(clock, () => ['192.0.2.53']);
  const before = servers();
  clock.advance(60);
  expect(servers()).toBe(before);
});

test("they are this machine's", () => {
  expect(systemNameServers(manualClock())()).toEqual(getServers().map(parseNameServer));
});
