// The option type of `trusted`.
import { isHostName } from '../lib/host-name.ts';
import { type Network, parseNetwork } from '../policy/address.ts';
import { orNone, wordsOf } from './list-type.ts';
import type { OptionType } from './option-types.ts';

/** A host, or all hosts of a network. */
export type TrustedHost =
  | { readonly kind: 'network'; readonly network: Network }
  | { readonly kind: 'name'; readonly name: string };

/** Addresses, networks and names, any number on a line. */
export const trustedHosts: OptionType<readonly TrustedHost[]> = orNone(
  wordsOf({
    allowed:
      'addresses, networks such as 198.51.100.0/24 or 2001:db8::/32 (a range FROM-TO must be written as networks), and host names',
    parse: parseTrustedHost,
    write: (host) => (host.kind === 'network' ? host.network.text : host.name),
  }),
);

function parseTrustedHost(text: string): TrustedHost | undefined {
  const network = parseNetwork(text);
  if (network !== undefined) return { kind: 'network', network };
  return isHostName(text) ? { kind: 'name', name: text } : undefined;
}
