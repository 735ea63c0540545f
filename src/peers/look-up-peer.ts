// The addresses of a server that we read from, as the system knows them (/etc/hosts too), without those of our own.
import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Why we do not connect to ourselves. */
export const OURSELVES = 'ourselves';

type Found = (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void;

/** For a connection: the addresses at which this server does not listen itself; fails with OURSELVES if there are no others. */
export function lookUpOthers(
  isOurs: (address: string) => boolean,
  lookUp: (host: string, options: LookupAllOptions, callback: Found) => void = lookup,
): LookupFunction {
  return (host, options, callback) =>
    lookUp(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      // A name may stand for all servers, this one among them.
      const others = found.filter(({ address }) => !isOurs(address));
      callback(others.length === 0 ? new Error(OURSELVES) : null, others);
    });
}
