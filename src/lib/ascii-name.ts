// Domain names in other scripts: the DNS has them in ASCII (`münchen.example` as `xn--mnchen-3ya.example`, RFC 5891).
import { domainToASCII } from 'node:url';

/** The name as the DNS has it; what can't be one stays as it is. */
export function asciiName(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return name;
  const ascii = domainToASCII(name);
  return ascii === '' ? name : ascii;
}
