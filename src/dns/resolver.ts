// PORT: what we look up in the DNS. An answer is found, absent or failed, and these three are kept apart to the end.
import type { Address } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import { reversedLabels } from './reverse-name.ts';

export type RecordType = 'A' | 'AAAA' | 'PTR';

/** What is asked: the records of one type at a name without a final dot. */
export interface Question {
  readonly type: RecordType;
  readonly name: string;
}

/**
 * What came of it. `ttl`: how long the answer holds from now. `age`: how long ago it came, where it was remembered.
 * `failed` says nothing about the name: no answer in time, a server in trouble, too many questions at once.
 */
export type Lookup<T> =
  | { readonly kind: 'found'; readonly value: T; readonly ttl: Seconds; readonly age?: Seconds }
  | { readonly kind: 'absent'; readonly ttl: Seconds; readonly age?: Seconds }
  | { readonly kind: 'failed'; readonly error: string; readonly age?: Seconds };

/** Addresses in canonical text, or names in lower case without a final dot; at least one. */
export type Records = readonly string[];

export interface Resolver {
  /**
   * Always answers within the resolver's own time-out, and rejects only once it is closed, with an AbortError. Aliases
   * (CNAME) have been followed.
   */
  lookUp(question: Question): Promise<Lookup<Records>>;
}

/** Which names an address has: its PTR records (RFC 1035 section 3.5, RFC 3596 section 2.5). */
export function namesQuestion(address: Address): Question {
  const zone = address.family === 4 ? 'in-addr.arpa' : 'ip6.arpa';
  return { type: 'PTR', name: `${reversedLabels(address)}.${zone}` };
}

/** Which addresses of that family a name has. */
export function addressesQuestion(name: string, family: 4 | 6): Question {
  return { type: family === 4 ? 'A' : 'AAAA', name };
}

/** The question as logs and caches have it, the same for every spelling of the name: `PTR 1.2.0.192.in-addr.arpa`. */
export function questionText({ type, name }: Question): string {
  return `${type} ${name.toLowerCase().replace(/\.$/, '')}`;
}
