// Whether an address is one of this machine.
import { networkInterfaces } from 'node:os';

/**
 * All of 127.0.0.0/8 is, such as the 127.0.1.1 that Debian gives the name of a machine in /etc/hosts. Undefined where the
 * system does not tell: Node throws if it may open no netlink socket (a unit's RestrictAddressFamilies=).
 */
export function isOwnAddress(address: string, interfaces = networkInterfaces): boolean | undefined {
  if (/^127\.\d+\.\d+\.\d+$/.test(address)) return true;
  try {
    return Object.values(interfaces()).some((own = []) => own.some((one) => one.address === address));
  } catch {
    return undefined;
  }
}
