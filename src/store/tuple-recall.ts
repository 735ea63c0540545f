// What a check recalls: the statement that finds its tuples, and what comes of it.
import type { SQLOutputValue } from 'node:sqlite';
import type { Address } from '../policy/address.ts';
import type { Recalled } from '../policy/decide.ts';
import type { TupleEntry } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import type { Tuple } from '../policy/tuple.ts';
import { addressBytes } from './packed-address.ts';
import type { PendingCounts } from './pending-counts.ts';
import { stateOf } from './tuple-kind.ts';

/** The columns by which a tuple is found, in the order of the parameters. */
const SAME = ['hash', 'recipient', 'sender', 'part'] as const;

/**
 * What was found. The pending entries of the client are counted when somebody asks: hardly ever, and then right before one
 * more is remembered, so that those of the checks between count too.
 */
export class RecalledTuple implements Recalled {
  readonly entry: TupleEntry | undefined;
  readonly tuple: Tuple;
  readonly pass: Pass | undefined;
  readonly #pending: PendingCounts;
  readonly #client: Address;

  constructor(
    { entry, tuple, pass }: Pick<Recalled, 'entry' | 'tuple' | 'pass'>,
    pending: PendingCounts,
    client: Address,
  ) {
    this.entry = entry;
    this.tuple = tuple;
    this.pass = pass;
    this.#pending = pending;
    this.#client = client;
  }

  get pendingOfClient(): number {
    return this.#pending.of(addressBytes(this.#client));
  }
}

/** One statement however many tuples: each costs more than finding the rows. */
export function recallSql(tuples: number): string {
  const names = Array.from({ length: tuples }, (_, i) => `tuple${i}`);
  const columns = names.map((name) => `${name}.kind, ${name}.last_seen, ${name}.first_seen`).join(', ');
  const joins = names.map((name) => `LEFT JOIN tuple AS ${name} ON ${same(name)}`).join(' ');
  return `SELECT ${columns} FROM (SELECT 1) ${joins}`;
}

/** What the columns of recallSql from there on say. */
export function entryAt(row: readonly SQLOutputValue[], column: number): TupleEntry | undefined {
  const kind = row[column] ?? null;
  if (kind === null) return undefined;
  const lastSeen = Number(row[column + 1]);
  return { state: stateOf(Number(kind)), firstSeen: Number(row[column + 2] ?? lastSeen), lastSeen };
}

export function same(table: string): string {
  return SAME.map((column) => `${table}.${column} = ?`).join(' AND ');
}
