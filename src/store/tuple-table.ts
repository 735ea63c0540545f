// The statements on tuples and on the pending counts that belong to them. Synchronous; the caller has a transaction open
// where something is written.
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Address } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import type { Recalled } from '../policy/decide.ts';
import { REFRESH_AFTER, type StoredTuple, takenOver, type TupleEntry } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import type { Tuple } from '../policy/tuple.ts';
import type { FirstAttempt } from './attempt-line.ts';
import { addressBytes } from './packed-address.ts';
import { PendingCounts } from './pending-counts.ts';
import type { Lifetimes, Recall, Remembrance } from './store.ts';
import { type TupleKey, TupleKeys } from './tuple-key.ts';
import { EXPIRY, kindOf, stateOf, TO_VALID } from './tuple-kind.ts';
import { clientBytes, INSERTED, rowOf, type TupleOrigin } from './tuple-row.ts';
import { type Attempts, RecalledTuple, same, soughtFor, TupleFinder } from './tuple-recall.ts';
import { TupleSketch } from './tuple-sketch.ts';
import { ValidTuples } from './valid-tuples.ts';

/** kind, last_seen, seq, part, client, first_seen; or what the statement says. */
type Row = readonly SQLOutputValue[];
type PrimaryKey = [kind: number, lastSeen: number, seq: number];

/** Where and how a tuple is inserted. */
interface Placing {
  readonly kind: number;
  readonly firstSeen: Seconds;
  readonly lastSeen: Seconds;
  readonly uses: number;
}

export interface TupleTableParts {
  /** Called before rows are read for a check. */
  readonly reads: () => void;
  readonly attempts: () => Attempts;
  readonly sketch: TupleSketch;
}

/** Of who only changes the table. */
const NO_PARTS: TupleTableParts = {
  reads: () => {},
  attempts: () => ({ find: () => undefined, pendingOf: () => 0 }),
  sketch: new TupleSketch(),
};

/** The end of the row of entries of one kind and second. */
const NEXT = '(SELECT ifnull(max(seq), -1) + 1 FROM tuple WHERE kind = ?1 AND last_seen = ?2)';

export class TupleTable {
  readonly #attempts: () => Attempts;
  readonly #keys: TupleKeys;
  readonly #finder: TupleFinder;
  readonly #pending: PendingCounts;
  readonly #valid = new ValidTuples();
  readonly #sketch: TupleSketch;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #validate: StatementSync;
  readonly #refresh: StatementSync;
  readonly #remove: StatementSync;
  readonly #oldest: StatementSync;
  readonly #removeTo: StatementSync;

  constructor(db: DatabaseSync, { reads, attempts, sketch }: TupleTableParts = NO_PARTS) {
    this.#attempts = attempts;
    this.#sketch = sketch;
    const rows = (sql: string): StatementSync => db.prepare(sql, { returnArrays: true });
    this.#keys = new TupleKeys(
      String(db.prepare(`SELECT value FROM meta WHERE name = 'hash secret'`).get()?.['value']),
    );
    this.#finder = new TupleFinder(db, { keys: this.#keys, valid: this.#valid, sketch, reads, attempts });
    this.#pending = new PendingCounts(db);
    this.#find = rows(`SELECT kind, last_seen, seq, part, client, first_seen FROM tuple WHERE ${same('tuple')}`);
    this.#insert = rows(
      `INSERT INTO tuple (kind, last_seen, seq, hash, first_seen, uses, ${INSERTED})
       VALUES (?1, ?2, ${NEXT}, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)`,
    );
    this.#validate = rows(
      `UPDATE tuple SET kind = ?1, last_seen = ?2, seq = ${NEXT}, first_seen = NULL
       WHERE kind = ?3 AND last_seen = ?4 AND seq = ?5`,
    );
    this.#refresh = rows(
      `UPDATE tuple SET last_seen = ?2, seq = ${NEXT}, first_seen = ifnull(first_seen, last_seen), uses = uses + 1
       WHERE kind = ?1 AND last_seen = ?3 AND seq = ?4`,
    );
    this.#remove = rows('DELETE FROM tuple WHERE kind = ? AND last_seen = ? AND seq = ?');
    this.#oldest = rows(
      'SELECT last_seen, seq, part, client FROM tuple WHERE kind = ? AND last_seen < ? ORDER BY last_seen, seq LIMIT ?',
    );
    this.#removeTo = rows('DELETE FROM tuple WHERE kind = ? AND (last_seen, seq) <= (?, ?)');
  }

  /** As Store.recall; `pass` is what was found of passes. */
  recall({ tuples, client }: Recall, pass: Pass | undefined): Recalled {
    return new RecalledTuple(this.#finder.find(tuples), pass, () => this.#pendingOf(client));
  }

  #pendingOf(client: Address): number {
    const address = addressBytes(client);
    return this.#pending.of(address) + this.#attempts().pendingOf(address);
  }

  /** What was remembered in a transaction that came to nothing is not so. */
  rolledBack(): void {
    this.#valid.forgetAll();
  }

  /** As Store.remember. */
  remember(remembrance: Remembrance, now: Seconds): void {
    const { tuple, change } = remembrance;
    this.#valid.forget(tuple);
    switch (change) {
      case 'none':
      // Comes by insertAttempt.
      case 'record':
        break;
      case 'restart':
        this.forget(tuple);
        this.#add(remembrance, now, 'pending');
        break;
      case 'validate':
        this.#makeValid(this.#row(tuple), now);
        break;
      case 'refresh':
        this.#refreshIfDue(this.#row(tuple), now);
        break;
      case 'admit':
        this.#admit(remembrance, now);
        break;
      case 'forget':
        this.forget(tuple);
        break;
    }
  }

  /** By what the tuple is found. */
  keyOf(tuple: Tuple): TupleKey {
    return this.#keys.of(tuple);
  }

  /** Inserts a first attempt unless its tuple is there; returns whether it did. */
  insertAttempt(attempt: FirstAttempt): boolean {
    const { kind, time, tuple } = attempt;
    if (this.#row(tuple) !== undefined) return false;
    this.#insertRow({ ...attempt, key: this.keyOf(tuple) }, { kind, firstSeen: time, lastSeen: time, uses: 1 });
    return true;
  }

  /** Removes the tuple, whatever it is; returns whether it was there. */
  forget(tuple: Tuple): boolean {
    this.#valid.forget(tuple);
    const row = this.#row(tuple);
    if (row !== undefined) this.#removeRow(row);
    return row !== undefined;
  }

  /** As Store.importTuples, for one tuple; `client` is its parsed address. Returns whether it was taken. */
  import(stored: StoredTuple, client: Address): boolean {
    this.#valid.forget(stored.tuple);
    const row = this.#row(stored.tuple);
    const taken = row === undefined ? stored : takenOver(stored, entryOf(row));
    if (taken === undefined) return false;
    if (row !== undefined) this.#removeRow(row);
    const kind = kindOf(taken.state, { nullSender: taken.nullSender, shortLived: false });
    this.#insertRow({ ...taken, client, key: this.keyOf(taken.tuple) }, { ...taken, kind });
    return true;
  }

  /** As Store.expire, for tuples. */
  expire(lifetimes: Lifetimes, now: Seconds, most: number): number {
    let left = most;
    for (const [kind, lifetime] of EXPIRY) left -= this.#expireKind(kind, now - lifetimes[lifetime], left);
    return most - left;
  }

  #expireKind(kind: number, before: Seconds, most: number): number {
    const rows = most > 0 ? (this.#oldest.all(kind, before, most) as unknown as Row[]) : [];
    const last = rows.at(-1);
    if (last === undefined) return 0;
    this.#removeTo.run(kind, Number(last[0]), Number(last[1]));
    if (stateOf(kind) === 'valid') this.#valid.forgetAll();
    else this.#pending.remove(rows.map(([, , part = null, client = null]) => clientBytes(part, client)));
    return rows.length;
  }

  #admit(remembrance: Remembrance, now: Seconds): void {
    const row = this.#row(remembrance.tuple);
    if (row === undefined) this.#add(remembrance, now, 'valid');
    else if (isPending(row)) this.#makeValid(row, now);
    else this.#refreshIfDue(row, now);
  }

  #add(remembrance: Remembrance, now: Seconds, state: 'pending' | 'valid'): void {
    const placing = { kind: kindOf(state, remembrance), firstSeen: now, lastSeen: now, uses: 1 };
    this.#insertRow({ ...remembrance, key: this.keyOf(remembrance.tuple) }, placing);
  }

  /** Inserts a tuple that is not there. */
  #insertRow(origin: TupleOrigin & { readonly key: TupleKey }, { kind, firstSeen, lastSeen, uses }: Placing): void {
    this.#sketch.add(origin.key);
    const first = firstSeen === lastSeen ? null : firstSeen;
    const { hash, part } = origin.key;
    const address = addressBytes(origin.client);
    this.#insert.run(kind, lastSeen, hash, first, uses, ...rowOf(origin, part, address));
    if (stateOf(kind) === 'pending') this.#pending.add(address);
  }

  #makeValid(row: Row | undefined, now: Seconds): void {
    if (row === undefined || !isPending(row)) return;
    const key = primaryKeyOf(row);
    this.#validate.run(key[0] + TO_VALID, now, ...key);
    this.#pending.remove([clientOfFound(row)]);
  }

  /** Checks that came at once all found it due; it is a use but once. */
  #refreshIfDue(row: Row | undefined, now: Seconds): void {
    if (row === undefined || isPending(row)) return;
    const [kind, lastSeen, seq] = primaryKeyOf(row);
    if (lastSeen + REFRESH_AFTER < now) this.#refresh.run(kind, now, lastSeen, seq);
  }

  #removeRow(row: Row): void {
    this.#remove.run(...primaryKeyOf(row));
    if (isPending(row)) this.#pending.remove([clientOfFound(row)]);
  }

  #row(tuple: Tuple): Row | undefined {
    return fields(this.#find.get(...soughtFor(tuple, this.keyOf(tuple))));
  }
}

function primaryKeyOf(row: Row): PrimaryKey {
  return [Number(row[0]), Number(row[1]), Number(row[2])];
}

function isPending(row: Row): boolean {
  return stateOf(Number(row[0])) === 'pending';
}

function entryOf([kind, lastSeen, , , , firstSeen]: Row): TupleEntry {
  return { state: stateOf(Number(kind)), firstSeen: Number(firstSeen ?? lastSeen), lastSeen: Number(lastSeen) };
}

function clientOfFound([, , , part = null, client = null]: Row): Uint8Array {
  return clientBytes(part, client);
}

/** A row of a statement with returnArrays, which the types of node:sqlite do not know of. */
function fields(row: unknown): Row | undefined {
  return row as Row | undefined;
}
