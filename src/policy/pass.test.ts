import { expect, test } from 'vitest';
import { parseAddress } from './address.ts';
import { parseMailbox } from './check.ts';
import { passesFor, passOwner } from './pass.ts';

test.for<[client: string, domain: string | undefined, sender: string, owners: string, domains: string]>([
  ['203.0.113.7', 'example.com', 'a@Example.org', 'example.com 203.0.113.7', 'example.org'],
  ['203.0.113.7', undefined, 'a@x.y.example.org.', '203.0.113.7', 'x.y.example.org y.example.org example.org'],
  ['203.0.113.7', undefined, 'a@example.org', '203.0.113.7', 'example.org'],
  ['2001:db8::1', undefined, 'a@example.org', '2001:db8::/64', 'example.org'],
  ['2001:db8::1', 'example.com', 'a@mx.example.org', 'example.com 2001:db8::/64', 'mx.example.org example.org'],
  ['203.0.113.7', 'example.com', '<>', '', ''],
  ['203.0.113.7', 'example.com', 'postmaster', '', ''],
  ['203.0.113.7', 'example.com', 'a@localhost', '', ''],
])('%s of %s, from %s: passes of %s for %s', ([client, domain, sender, owners, domains]) => {
  const address = parseAddress(client);
  const keys = address && passesFor(address, domain, parseMailbox(sender));
  const expected = owners.split(' ').flatMap((owner) => domains.split(' ').map((name) => `${owner} ${name}`));
  expect(keys?.map((key) => `${key.client} ${key.domain}`)).toEqual(domains === '' ? [] : expected);
});

test.for<[part: string, client: string, owner: string]>([
  ['example.com', '203.0.113.7', 'example.com'],
  ['example.com', '2001:db8::1', 'example.com'],
  ['203.0.113.0/24', '203.0.113.7', '203.0.113.7'],
  ['203.0.113.7', '203.0.113.7', '203.0.113.7'],
  ['', '203.0.113.7', '203.0.113.7'],
  ['2001:db8::/64', '2001:db8::1', '2001:db8::/64'],
  ['2001:db8::1', '2001:db8::1', '2001:db8::/64'],
  ['', '2001:db8::1', '2001:db8::/64'],
])('a tuple of %j with the client %s: the pass is that of %s', ([part, client, owner]) => {
  expect(passOwner(part, client)).toBe(owner);
});
