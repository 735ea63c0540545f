import { expect, test } from 'vitest';
import { formatNameServer, parseNameServer } from './name-server.ts';

test.for([
  ['192.0.2.53', '192.0.2.53:53'],
  ['192.0.2.53:5353', '192.0.2.53:5353'],
  ['2001:db8::53', '[2001:db8::53]:53'],
  ['[2001:db8::53]', '[2001:db8::53]:53'],
  ['[2001:db8::53]:5353', '[2001:db8::53]:5353'],
  ['fe80::1%eth0', '[fe80::1%eth0]:53'],
  ['dns.example.com', undefined],
  ['192.0.2.256', undefined],
  ['192.0.2.53:0', undefined],
  ['192.0.2.53:65536', undefined],
  ['192.0.2.53:', undefined],
  ['192.0.2.53:65535', '192.0.2.53:65535'],
  ['a192.0.2.53:53', undefined],
  ['[192.0.2.53]:53', undefined],
  ['[2001:db8::53', undefined],
  ['', undefined],
] as const)('%s is %s', ([text, expected]) => {
  const server = parseNameServer(text);
  expect(server && formatNameServer(server)).toBe(expected);
});
