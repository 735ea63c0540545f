// Servers on all addresses of a name: `localhost` is ::1 and 127.0.0.1 on most machines, and a mail server may know it as
// either. A server alone listens on the first.
import { lookup } from 'node:dns/promises';
import { causeOf, errorCode } from './error-cause.ts';
import type { SocketAddress } from './socket-address.ts';

export interface EachAddressParts {
  /** Listens there; throws with what the system said as the cause. */
  readonly start: (address: SocketAddress) => Promise<AsyncDisposable>;
  /** Whether something else is to listen at an address of the name. */
  readonly isTaken: (address: SocketAddress) => boolean;
  /** Told of an address that is none of this machine, or of a kind that it does not have, where another one is. */
  readonly onSkipped: (address: SocketAddress, cause: string) => void;
  /** The addresses of a name; an address is its own. */
  readonly lookUp?: (host: string) => Promise<readonly string[]>;
}

/**
 * Starts a server on each address that is not taken. Throws if one cannot listen there, or if none of them is an address
 * of this machine.
 */
export async function startOnEach(
  address: SocketAddress,
  { start, isTaken, onSkipped, lookUp = systemAddresses }: EachAddressParts,
): Promise<readonly AsyncDisposable[]> {
  await using parts = new AsyncDisposableStack();
  const servers: AsyncDisposable[] = [];
  const skipped: { readonly address: SocketAddress; readonly error: unknown }[] = [];
  const addresses = await addressesOf(address, lookUp);
  for (const each of addresses) {
    if (isTaken(each)) continue;
    try {
      servers.push(parts.use(await start(each)));
    } catch (error) {
      if (!isElsewhere(error)) throw error;
      skipped.push({ address: each, error });
    }
  }
  if (skipped.length === addresses.length) throw skipped[0]?.error;
  for (const { address: elsewhere, error } of skipped) onSkipped(elsewhere, causeOf(error));
  parts.move();
  return servers;
}

/** A name without an address stays one: who tries to listen there says what is wrong. */
async function addressesOf(
  address: SocketAddress,
  lookUp: (host: string) => Promise<readonly string[]>,
): Promise<readonly SocketAddress[]> {
  if (address.kind === 'unix' || address.host === '') return [address];
  const hosts = await lookUp(address.host).catch(() => [address.host]);
  return [...new Set(hosts)].map((host) => ({ ...address, host }));
}

async function systemAddresses(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map((found) => found.address);
}

function isElsewhere(error: unknown): boolean {
  const code = error instanceof Error ? errorCode(error.cause) : undefined;
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}
