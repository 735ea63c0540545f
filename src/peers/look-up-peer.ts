// The addresses of a server that we read from, as the system knows them (/etc/hosts too), and whether one of them is ours.
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Why we do not connect to ourselves. */
export const OURSELVES = 'ourselves';

/** For a connection: fails with OURSELVES where the name leads to this server. `isOurs`: whether it listens there itself. */
export function lookUpOthers(isOurs: (address: string) => boolean): LookupFunction {
  return (host, options, callback) =>
    lookup(host, { ...options, all: true }, (error, found) => {
      const ourselves = error === null && found.some(({ address }) => isOurs(address));
      callback(ourselves ? new Error(OURSELVES) : error, found);
    });
}
