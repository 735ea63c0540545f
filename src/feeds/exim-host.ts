// How a line of Exim's log names the client and the sender, and whether the client has proved who it is.
import { type Address, parseAddress } from '../policy/address.ts';

// `name (helo) [address]:port`: the name, the HELO or both may be absent. A HELO that itself holds brackets may be a
// forged address (helo_accept_junk_hosts); only a whole address literal is let through.
const HOST = /^(?:H=)?(?:[^\s()[\]]+ )?(?:\((?:\[[^\s()[\]]*\]|[^()[\]]*)\) )?\[([\da-fA-F.:]+)\](?::\d+)?(?= |$)/;
// `DS` stands before the host with log_selector +dnssec when DNSSEC vouches for its name; in refusals no space follows it.
const DNSSEC = /^ ?(?:DS ?)?(?=H=)/;

/** An envelope address at the start of a text: it ends at a space that is not in quotes. */
export const MAIL_ADDRESS: RegExp = /^(?:[^\s"]|"(?:[^"\\]|\\.)*")+/;

export interface Host {
  readonly client: Address;
  /** What follows the host, with its leading space. */
  readonly tail: string;
}

/** The host with which the text begins. */
export function parseHost(text: string): Host | undefined {
  const match = HOST.exec(text);
  const client = match?.[1] === undefined ? undefined : parseAddress(match[1]);
  return match === null || client === undefined ? undefined : { client, tail: text.slice(match[0].length) };
}

/** The host of a field `H=`, with which the text begins, perhaps behind a space. */
export function hostField(text: string): Host | undefined {
  const mark = DNSSEC.exec(text)?.[0];
  return mark === undefined ? undefined : parseHost(text.slice(mark.length));
}

/** Whether the fields of a line say so. RFC 3848: a protocol name that ends in "a" was used with AUTH. */
export function isAuthenticated(fields: string): boolean {
  return / A=\S/.test(fields) || / P=\w*[sl]mtps?a(?: |$)/.test(fields);
}
