// Whether ddgrey listens where a mail server asks.
import type { Listener } from '../config/listener-type.ts';
import type { SocketAddress } from '../lib/socket-address.ts';

/** A socket that ddgrey serves, by its absolute path where it has one. */
export type OwnSocket = Pick<Listener, 'protocol' | 'address'>;

const EVERY_HOST: readonly string[] = ['', '0.0.0.0', '::'];
const THIS_HOST = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/i;

/** Whether one of these sockets is the one that the address means. */
export function listensThere(own: readonly OwnSocket[], asked: SocketAddress): boolean {
  return own.some(({ address }) => isSame(address, asked));
}

function isSame(own: SocketAddress, asked: SocketAddress): boolean {
  if (own.kind === 'unix') return asked.kind === 'unix' && bare(own.path) === bare(asked.path);
  if (asked.kind === 'unix' || own.port !== asked.port) return false;
  if (EVERY_HOST.includes(own.host) || own.host.toLowerCase() === asked.host.toLowerCase()) return true;
  return [own, asked].every(({ host }) => THIS_HOST.test(host)) && [own, asked].some(({ host }) => /^l/i.test(host));
}

/** The path by one of the two names that the folder has on every distribution of today. */
function bare(path: string): string {
  return path.replace(/^\/var\/run\//, '/run/');
}
