// The name servers that this machine is set up to ask, also when that changes while we run: a daemon may be started before
// the network is there, and a laptop moves to another one.
import { Resolver } from 'node:dns';
import type { Clock } from '../lib/clock.ts';
import { type NameServer, parseNameServer } from '../lib/name-server.ts';

/** Milliseconds until they are read again. Reading costs as much as a question to the DNS. */
const AGAIN = 5000;

/** The function that tells them as they are now, or were a moment ago: the same array as long as nothing has changed. */
export function systemNameServers(clock: Clock, read: () => readonly string[] = readAnew): () => readonly NameServer[] {
  let readAt = -Infinity;
  let seen = '';
  let servers: readonly NameServer[] = [];
  return () => {
    const now = clock.now();
    // Also when the clock went back.
    if (Math.abs(now - readAt) < AGAIN) return servers;
    readAt = now;
    const texts = read();
    if (texts.join(' ') !== seen) servers = texts.flatMap((text) => parseNameServer(text) ?? []);
    seen = texts.join(' ');
    return servers;
  };
}

/** Only a new resolver reads /etc/resolv.conf: what Node read at its start stays as it was. */
function readAnew(): readonly string[] {
  return new Resolver().getServers();
}
