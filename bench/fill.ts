// Stores that are full before they are measured, written through the port as the daemon writes.
import { join } from 'node:path';
import { silentLog } from '../src/lib/log.ts';
import { parseAddress } from '../src/policy/address.ts';
import { type Check, parseMailbox, type Seconds } from '../src/policy/check.ts';
import type { StoredTuple } from '../src/policy/greylist.ts';
import { tuplesOf } from '../src/policy/tuple.ts';
import { openStore } from '../src/store/open-store.ts';
import type { Store } from '../src/store/store.ts';
import { tuple } from './workloads.ts';

const BATCH = 1000;
/** The daemon's own name for it. */
export const DATABASE = 'ddgrey.db';

/** The store of a daemon in this directory. */
export function storeIn(directory: string): Promise<Store> {
  return openStore({ path: join(directory, DATABASE), log: silentLog });
}

/** What of a stored tuple is chosen; one is used once, by a client without a name, unless that is said too. */
export type Seen = Pick<StoredTuple, 'state' | 'lastSeen'> & Partial<Pick<StoredTuple, 'uses' | 'clientName'>>;

/** Fills it with the first so many tuples of the benchmark, seen last at these times; milliseconds that it took. */
export async function fillTuples(directory: string, entries: number, seen: (number: number) => Seen): Promise<number> {
  const started = performance.now();
  await using store = await storeIn(directory);
  for (let from = 0; from < entries; from += BATCH) {
    const length = Math.min(BATCH, entries - from);
    await store.importTuples(Array.from({ length }, (_, n) => storedTuple(from + n, seen(from + n))));
  }
  return performance.now() - started;
}

function storedTuple(number: number, { state, lastSeen, uses = 1, clientName }: Seen): StoredTuple {
  const [ip = '', sender = '', recipient = ''] = tuple(number).split(' ');
  const client = parseAddress(ip);
  if (client === undefined) throw new Error(`no address: ${ip}`);
  const check: Check = { id: '', via: '', client, sender: parseMailbox(sender), recipient: parseMailbox(recipient) };
  const [key] = tuplesOf(check, { client: 'DOMAIN', sender: 'HOST', recipient: 'FULL' }, undefined);
  if (key === undefined) throw new Error('a check without a tuple');
  const seen = { state, firstSeen: lastSeen, lastSeen, uses };
  return { ...seen, tuple: key, client: ip, clientName, senderText: sender, nullSender: false };
}

/** Seconds since 1970. */
export function now(): Seconds {
  return Math.floor(Date.now() / 1000);
}
