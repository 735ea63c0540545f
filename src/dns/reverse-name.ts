// Addresses as labels in reverse order, the form in which reverse zones and DNS lists are asked.
import { type Address, ipv6Groups } from '../policy/address.ts';

/** `7.113.0.203` for 203.0.113.7; 32 hexadecimal digits for IPv6 (RFC 3596 section 2.5, RFC 5782 section 2.4). */
export function reversedLabels({ family, text }: Address): string {
  const labels = family === 4 ? text.split('.') : hexDigits(text).split('');
  return labels.toReversed().join('.');
}

function hexDigits(text: string): string {
  return ipv6Groups(text)
    .map((group) => group.padStart(4, '0'))
    .join('');
}
