// The names that this machine knows by itself, from /etc/hosts (hosts(5)): `ADDRESS NAME...`, comments from `#` on.
// When we connect to a server, the system finds it by them, while the DNS may know nothing of it.
import { changedFile } from '../lib/changed-file.ts';
import type { Clock } from '../lib/clock.ts';
import { parseAddress } from '../policy/address.ts';
import { canonicalDomain } from '../policy/domains.ts';

/** The addresses of a name, however it is spelled; a file that can't be read has none. */
export type HostsFile = (name: string) => Promise<readonly string[]>;

type Hosts = ReadonlyMap<string, readonly string[]>;

const SIZE_LIMIT = 1024 * 1024;

/** The file, read again whenever it has changed. */
export function hostsFile(clock: Clock, path = '/etc/hosts'): HostsFile {
  const file = changedFile(path, clock, SIZE_LIMIT);
  let hosts: Hosts = new Map();
  return async (name) => {
    const text = await file.read().catch(() => '');
    if (text !== undefined) hosts = parseHosts(text);
    return hosts.get(canonicalDomain(name)) ?? [];
  };
}

function parseHosts(text: string): Hosts {
  const hosts = new Map<string, readonly string[]>();
  for (const line of text.split('\n')) {
    const [written = '', ...names] = line
      .replace(/#.*$/, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    const address = parseAddress(written)?.text;
    if (address === undefined) continue;
    for (const name of names.map(canonicalDomain)) hosts.set(name, [...(hosts.get(name) ?? []), address]);
  }
  return hosts;
}
