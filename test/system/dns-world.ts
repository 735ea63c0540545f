// What the stub DNS server of the system tests knows: hosts with their names, and who stands on the two lists.
import { type DnsList, listedName } from '../../src/dns/lists.ts';
import { DNSWL, ownList } from '../../src/dns/known-lists.ts';
import { addressesQuestion, namesQuestion } from '../../src/dns/resolver.ts';
import { addressOf } from '../engine-bench.ts';
import { type StubDnsServer, type StubScript, startStubDnsServer } from '../stub-dns-server.ts';

type Records = NonNullable<StubScript['records']>;

/** A block list of the tests' own; whoever is on it loses its score. */
export const BLOCK_LIST: DnsList = ownList({ name: 'testlist', zone: 'list.example', score: -80 });

/** The lines of the configuration by which ddgrey asks the stub, and nobody else. */
export function dnsConfig({ server }: StubDnsServer): readonly string[] {
  return [
    `resolver ${server.address}:${server.port}`,
    'rbls none',
    `rbl_zone ${BLOCK_LIST.name} ${BLOCK_LIST.zone}`,
    `rbl_score ${BLOCK_LIST.name} -80`,
  ];
}

/** A server on which the lists are in order: they have their test entries (RFC 5782 section 5). */
export function startDnsWorld(...records: readonly Records[]): Promise<StubDnsServer> {
  return startStubDnsServer(dnsWorld(...records));
}

/** The script of such a server. */
export function dnsWorld(...records: readonly Records[]): StubScript {
  return { records: [...blockListed('127.0.0.2'), ...dnswlListed('127.0.0.2', 1), ...records.flat()] };
}

/** A host whose name leads back to it. */
export function host(ip: string, name: string): Records {
  const client = addressOf(ip);
  const { type } = addressesQuestion(name, client.family);
  return [
    [namesQuestion(client).name, 'PTR', name],
    [name, type, client.text],
  ];
}

export function blockListed(ip: string): Records {
  return [[listedName(BLOCK_LIST, addressOf(ip)), 'A', '127.0.0.2']];
}

/** 1 low, 2 medium, 3 high. */
export function dnswlListed(ip: string, trust: 1 | 2 | 3): Records {
  return [[listedName(DNSWL, addressOf(ip)), 'A', `127.0.5.${trust}`]];
}
