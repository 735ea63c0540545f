import { expect, test } from 'vitest';
import { addressOf, configOf } from '../../test/engine-bench.ts';
import { startStubDnsServer } from '../../test/stub-dns-server.ts';
import { formatNameServer } from '../lib/name-server.ts';
import { trustedBy } from './trusted.ts';

test('networks and names are trusted; names are known here, or asked for where the configuration says', async () => {
  await using stub = await startStubDnsServer({
    records: [
      ['mx.example.com', 'A', '203.0.113.7'],
      ['mx.example.com', 'AAAA', '2001:db8::7'],
    ],
  });
  const known = async (name: string) => (name === 'here.example.com' ? ['198.51.100.7'] : []);
  const resolver = `resolver ${formatNameServer(stub.server)}`;
  const isTrusted = await trustedBy(
    configOf(`${resolver}\ntrusted 192.0.2.0/24 mx.example.com gone.example.com here.example.com`),
    known,
  );
  const clients = ['192.0.2.1', '203.0.113.7', '2001:db8::7', '198.51.100.7', '203.0.113.8'];
  expect(clients.map((client) => isTrusted(addressOf(client)))).toEqual([true, true, true, true, false]);
});
