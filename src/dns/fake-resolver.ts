// The DNS as a table, for tests: what is not in it does not exist.
import { parseAddress } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import { type Lookup, namesQuestion, questionText, type Records, type Resolver } from './resolver.ts';

export interface FakeDns {
  /** Names by address. */
  readonly ptr?: { readonly [address: string]: Records };
  /** Addresses by name; also the answers of DNS lists. */
  readonly a?: { readonly [name: string]: Records };
  readonly aaaa?: { readonly [name: string]: Records };
  /** Questions that fail, such as `A slow.example`, or `PTR 192.0.2.1`. */
  readonly failing?: readonly string[];
  /** Questions that are not answered before `release`. */
  readonly late?: readonly string[];
  /** Of every answer; 300 if not given. */
  readonly ttl?: Seconds;
}

export interface FakeResolver extends Resolver {
  /** Every question so far, as questionText writes it. */
  readonly asked: readonly string[];
  /** From now on the DNS is this. */
  change(dns: FakeDns): void;
  /** Answers the questions that are late, from the table as it is now. */
  release(): void;
}

/** A resolver that answers from the table, at once. */
export function fakeResolver(dns: FakeDns = {}): FakeResolver {
  let world = worldOf(dns);
  const asked: string[] = [];
  let released = Promise.withResolvers<void>();
  return {
    asked,
    lookUp: async (question) => {
      const key = questionText(question);
      asked.push(key);
      if (world.late.has(key)) await released.promise;
      return answerFrom(world, key);
    },
    change: (changed) => {
      world = worldOf(changed);
    },
    release: () => {
      released.resolve();
      released = Promise.withResolvers();
    },
  };
}

interface World {
  readonly records: ReadonlyMap<string, Records>;
  readonly failing: ReadonlySet<string>;
  readonly late: ReadonlySet<string>;
  readonly ttl: Seconds;
}

function worldOf({ ptr = {}, a = {}, aaaa = {}, failing = [], late = [], ttl = 300 }: FakeDns): World {
  const rows = [...rowsOf('PTR', ptr), ...rowsOf('A', a), ...rowsOf('AAAA', aaaa)];
  return { records: new Map(rows), failing: new Set(failing.map(keyOf)), late: new Set(late.map(keyOf)), ttl };
}

function rowsOf(type: string, table: { readonly [key: string]: Records }): readonly (readonly [string, Records])[] {
  return Object.entries(table).map(([key, values]) => [keyOf(`${type} ${key}`), values] as const);
}

function keyOf(text: string): string {
  const [type = '', name = ''] = text.split(' ');
  const address = type === 'PTR' ? parseAddress(name) : undefined;
  return address === undefined ? `${type} ${name.toLowerCase()}` : questionText(namesQuestion(address));
}

function answerFrom({ records, failing, ttl }: World, key: string): Lookup<Records> {
  if (failing.has(key)) return { kind: 'failed', error: 'SERVFAIL' };
  const value = records.get(key);
  return value === undefined ? { kind: 'absent', ttl } : { kind: 'found', value, ttl };
}
