// What a check recalls: how its tuples are found, and what is found.
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Seconds } from '../policy/check.ts';
import type { Recalled } from '../policy/decide.ts';
import type { TupleEntry } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import type { Tuple } from '../policy/tuple.ts';
import type { TupleKey, TupleKeys } from './tuple-key.ts';
import { stateOf } from './tuple-kind.ts';
import type { TupleSketch } from './tuple-sketch.ts';
import type { ValidTuples } from './valid-tuples.ts';

/** The columns by which a tuple is found, in the order of the parameters. */
const SAME = ['hash', 'recipient', 'sender', 'part'] as const;

/** Where first attempts are before they are in the table. */
export interface Attempts {
  /** When the tuple was first seen. */
  find(key: TupleKey): Seconds | undefined;
  /** How many of the client with this address are not counted in the database. */
  pendingOf(address: Uint8Array): number;
}

type Found = Pick<Recalled, 'entry' | 'tuple'>;

/**
 * What was found. The client's pending entries are counted only when somebody asks for them, which is right before one more is
 * remembered: so those that other checks have made meanwhile count, too.
 */
export class RecalledTuple implements Recalled {
  readonly entry: TupleEntry | undefined;
  readonly tuple: Tuple;
  readonly pass: Pass | undefined;
  readonly #countPending: () => number;

  constructor({ entry, tuple }: Found, pass: Pass | undefined, countPending: () => number) {
    this.entry = entry;
    this.tuple = tuple;
    this.pass = pass;
    this.#countPending = countPending;
  }

  get pendingOfClient(): number {
    return this.#countPending();
  }
}

export interface FinderParts {
  readonly keys: TupleKeys;
  readonly valid: ValidTuples;
  readonly sketch: TupleSketch;
  /** Called before rows are read. */
  readonly reads: () => void;
  readonly attempts: () => Attempts;
}

/** Finds tuples: in memory, among the attempts that are on their way, in the table unless the sketch knows better. */
export class TupleFinder {
  readonly #db: DatabaseSync;
  readonly #parts: FinderParts;
  /** The statement for each number of tuples. */
  readonly #statements: StatementSync[] = [];

  constructor(db: DatabaseSync, parts: FinderParts) {
    this.#db = db;
    this.#parts = parts;
  }

  /** The first of these tuples that is there, with its entry; if none is, the first of them without an entry. */
  find(tuples: readonly Tuple[]): Found {
    const [first] = tuples;
    if (first === undefined) throw new Error('a recall without a tuple');
    const { valid, keys, attempts } = this.#parts;
    const entry = valid.find(first);
    if (entry !== undefined) return { entry, tuple: first };
    for (const [i, tuple] of tuples.entries()) {
      const time = attempts().find(keys.of(tuple));
      if (time === undefined) continue;
      // If the table has one of the tuples up to this one, that counts: the attempt may be in it by now, or know less.
      return (
        this.#read(tuples.slice(0, i + 1)) ?? { entry: { state: 'pending', firstSeen: time, lastSeen: time }, tuple }
      );
    }
    return this.#read(tuples) ?? { entry: undefined, tuple: first };
  }

  #read(asked: readonly Tuple[]): Found | undefined {
    const { keys, valid, sketch, reads } = this.#parts;
    const tuples = asked.filter((tuple) => sketch.mayHave(keys.of(tuple)));
    if (tuples.length === 0) return undefined;
    reads();
    const statement = (this.#statements[tuples.length] ??= this.#prepare(tuples.length));
    const sought: (number | string | Uint8Array)[] = [];
    for (const tuple of tuples) sought.push(...soughtFor(tuple, keys.of(tuple)));
    // The types of node:sqlite do not know of returnArrays.
    const row = (statement.get(...sought) ?? []) as unknown as readonly SQLOutputValue[];
    for (const [i, tuple] of tuples.entries()) {
      const entry = entryAt(row, 3 * i);
      if (entry === undefined) continue;
      valid.note(tuple, entry);
      return { entry, tuple };
    }
    sketch.missed();
    return undefined;
  }

  #prepare(tuples: number): StatementSync {
    return this.#db.prepare(recallSql(tuples), { returnArrays: true });
  }
}

/** The parameters of `same`. */
export function soughtFor(
  { recipient, sender }: Tuple,
  { hash, part }: TupleKey,
): [hash: number, recipient: string, sender: string, part: Uint8Array | string] {
  return [hash, recipient, sender, part];
}

/** One statement however many tuples: each costs more than finding the rows. */
function recallSql(tuples: number): string {
  const names = Array.from({ length: tuples }, (_, i) => `tuple${i}`);
  const columns = names.map((name) => `${name}.kind, ${name}.last_seen, ${name}.first_seen`).join(', ');
  const joins = names.map((name) => `LEFT JOIN tuple AS ${name} ON ${same(name)}`).join(' ');
  return `SELECT ${columns} FROM (SELECT 1) ${joins}`;
}

/** The entry that the columns of recallSql tell from this one on. */
function entryAt(row: readonly SQLOutputValue[], column: number): TupleEntry | undefined {
  const kind = row[column] ?? null;
  if (kind === null) return undefined;
  const lastSeen = Number(row[column + 1]);
  return { state: stateOf(Number(kind)), firstSeen: Number(row[column + 2] ?? lastSeen), lastSeen };
}

/** The condition of SQL for the row of a tuple; its parameters are the tuple's soughtFor. */
export function same(table: string): string {
  return SAME.map((column) => `${table}.${column} = ?`).join(' AND ');
}
