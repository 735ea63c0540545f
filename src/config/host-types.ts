// The option types of what names hosts: `trusted`, `accept`, `peer`, `peer_events`.
import { isHostName } from '../lib/host-name.ts';
import { parseSocketAddress } from '../lib/socket-address.ts';
import { type Network, notNetworks, parseAddress, parseNetwork } from '../policy/address.ts';
import { asciiDomain } from '../policy/domains.ts';
import { linesOf, orNone, wordsOf } from './list-type.ts';
import { type OptionType, port } from './option-types.ts';

/** A host, or all hosts of a network. */
export type TrustedHost =
  | { readonly kind: 'network'; readonly network: Network }
  | { readonly kind: 'name'; readonly name: string };

/** Addresses, networks and names, any number on a line. */
export const trustedHosts: OptionType<readonly TrustedHost[]> = {
  ...orNone(
    wordsOf({
      allowed:
        'addresses, networks such as 198.51.100.0/24 or 2001:db8::/32 (a range FROM-TO must be written as networks), and host names',
      parse: parseTrustedHost,
      write: writeHost,
    }),
  ),
  oddities: notNetworks,
};

function parseTrustedHost(text: string): TrustedHost | undefined {
  const network = parseNetwork(text);
  if (network !== undefined) return { kind: 'network', network };
  const name = asciiDomain(text);
  return isHostName(name) ? { kind: 'name', name } : undefined;
}

/** `peer HOST [PORT]`: a server that is connected to. */
export interface PeerHost {
  /** A name or an address. */
  readonly host: string;
  /** 0: the one that is usual. */
  readonly port: number;
}

/** A server, one a line. */
export const peerHosts: OptionType<readonly PeerHost[]> = orNone(
  linesOf<PeerHost>({
    allowed: 'the name or address of a server, then perhaps its port',
    parse: ([written = '', ...rest]) => {
      const host = asciiDomain(written);
      const known = isHostName(host) || parseAddress(host) !== undefined;
      const number = rest.length === 0 ? 0 : port.parse(rest);
      return known && number !== undefined ? { host, port: number } : undefined;
    },
    problem: ([text = '', ...rest]) => {
      const pair = rest.length === 0 ? parseSocketAddress(text) : undefined;
      return pair?.kind === 'tcp' ? `write a blank before the port: ${pair.host} ${pair.port}` : undefined;
    },
    write: ({ host, port }) => (port === 0 ? host : `${host} ${port}`),
  }),
);

/** `peer_events HOST EVENT...`. */
export interface PeerEvents {
  readonly host: TrustedHost;
  readonly events: readonly string[];
}

/** The events that hosts may report, one host or network a line. */
export const peerEvents: OptionType<readonly PeerEvents[]> = orNone(
  linesOf<PeerEvents>({
    allowed: 'a host or network, then the events',
    parse: ([text = '', ...events]) => {
      const host = parseTrustedHost(text);
      return host === undefined || events.length === 0 || !events.every((event) => /^[\w.-]+$/.test(event))
        ? undefined
        : { host, events };
    },
    oddities: ([host = '']) => notNetworks([host]),
    write: ({ host, events }) => [writeHost(host), ...events].join(' '),
  }),
);

function writeHost(host: TrustedHost): string {
  return host.kind === 'network' ? host.network.text : host.name;
}
