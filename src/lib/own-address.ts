// Whether an address is one of this machine.
import { networkInterfaces } from 'node:os';

/** All of 127.0.0.0/8 is, such as the 127.0.1.1 that Debian gives the name of a machine in /etc/hosts. */
export function isOwnAddress(address: string): boolean {
  if (/^127\.\d+\.\d+\.\d+$/.test(address)) return true;
  return Object.values(networkInterfaces()).some((own = []) => own.some((one) => one.address === address));
}
