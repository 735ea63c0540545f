// The statements on tuples and on the pending counts that belong to them. Synchronous; the caller has a transaction open
// where something is written.
import { hash } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Seconds } from '../policy/check.ts';
import type { Recalled } from '../policy/decide.ts';
import type { Tuple } from '../policy/tuple.ts';
import { addressBytes, packPart } from './packed-address.ts';
import type { Lifetimes, Recall, Remembrance } from './store.ts';
import { clientBytes, INSERTED, KIND, rowOf, TO_VALID } from './tuple-row.ts';

type Row = readonly SQLOutputValue[];
type Key = [kind: number, lastSeen: number, seq: number];

const SAME = 'hash = ? AND recipient = ? AND sender = ? AND part = ?';
const THIS = 'kind = ? AND last_seen = ? AND seq = ?';
/** The end of the row of entries of one kind and second. */
const NEXT = '(SELECT ifnull(max(seq), -1) + 1 FROM tuple WHERE kind = ?1 AND last_seen = ?2)';

export class TupleTable {
  readonly #secret: string;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #validate: StatementSync;
  readonly #refresh: StatementSync;
  readonly #remove: StatementSync;
  readonly #oldest: StatementSync;
  readonly #removeTo: StatementSync;
  readonly #recall: StatementSync;
  readonly #addPending: StatementSync;
  readonly #lastPending: StatementSync;
  readonly #dropPending: StatementSync;

  constructor(db: DatabaseSync) {
    const rows = (sql: string): StatementSync => db.prepare(sql, { returnArrays: true });
    this.#secret = String(db.prepare(`SELECT value FROM meta WHERE name = 'hash secret'`).get()?.['value']);
    this.#find = rows(`SELECT kind, last_seen, seq, part, client FROM tuple WHERE ${SAME}`);
    this.#insert = rows(
      `INSERT INTO tuple (kind, last_seen, seq, hash, ${INSERTED})
       SELECT ?1, ?2, ${NEXT}, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
       WHERE NOT EXISTS (SELECT 1 FROM tuple WHERE hash = ?3 AND recipient = ?7 AND sender = ?6 AND part = ?4)`,
    );
    this.#validate = rows(
      `UPDATE tuple SET kind = ?1, last_seen = ?2, seq = ${NEXT}, first_seen = NULL
       WHERE kind = ?3 AND last_seen = ?4 AND seq = ?5`,
    );
    this.#refresh = rows(
      `UPDATE tuple SET last_seen = ?2, seq = ${NEXT}, first_seen = ifnull(first_seen, last_seen), uses = uses + 1
       WHERE kind = ?1 AND last_seen = ?3 AND seq = ?4`,
    );
    this.#remove = rows(`DELETE FROM tuple WHERE ${THIS}`);
    this.#oldest = rows(
      'SELECT last_seen, seq, part, client FROM tuple WHERE kind = ? AND last_seen < ? ORDER BY last_seen, seq LIMIT ?',
    );
    this.#removeTo = rows('DELETE FROM tuple WHERE kind = ? AND (last_seen, seq) <= (?, ?)');
    // One statement, because each has to lock the database and look for news.
    this.#recall = rows(
      `SELECT kind, last_seen, first_seen, pending FROM (SELECT 1)
       LEFT JOIN tuple ON ${SAME} LEFT JOIN pending_client AS p ON p.client = ?`,
    );
    this.#addPending = rows('INSERT INTO pending_client VALUES (?, 1) ON CONFLICT DO UPDATE SET pending = pending + 1');
    this.#lastPending = rows('DELETE FROM pending_client WHERE client = ? AND pending = 1');
    this.#dropPending = rows('UPDATE pending_client SET pending = pending - 1 WHERE client = ?');
  }

  /** As Store.recall. */
  recall({ tuple, client }: Recall): Recalled {
    const row = fields(this.#recall.get(...this.#sought(tuple), countKey(addressBytes(client))));
    const [kind = null, lastSeen = null, firstSeen = null, pending = null] = row ?? [];
    const pendingOfClient = Number(pending);
    if (kind === null) return { entry: undefined, pendingOfClient };
    const state = Number(kind) < KIND.valid ? 'pending' : 'valid';
    return { entry: { state, firstSeen: Number(firstSeen ?? lastSeen), lastSeen: Number(lastSeen) }, pendingOfClient };
  }

  /** Adds a first attempt unless the tuple is there. */
  record(remembrance: Remembrance, now: Seconds): void {
    const kind = remembrance.nullSender ? KIND.pendingNullSender : KIND.pending;
    const row = rowOf(remembrance);
    const { changes } = this.#insert.run(kind, now, this.#hash(remembrance.tuple), ...row);
    if (changes === 1) this.#addPending.run(countKey(addressBytes(remembrance.client)));
  }

  /** Makes a pending entry valid. */
  validate(tuple: Tuple, now: Seconds): void {
    const row = this.#row(tuple);
    if (row === undefined || Number(row[0]) >= KIND.valid) return;
    const key = keyOf(row);
    this.#validate.run(key[0] + TO_VALID, now, ...key);
    this.#uncount(row[3], row[4]);
  }

  /** Notes a use of a valid entry. */
  refresh(tuple: Tuple, now: Seconds): void {
    const row = this.#row(tuple);
    if (row === undefined || Number(row[0]) < KIND.valid) return;
    const [kind, lastSeen, seq] = keyOf(row);
    this.#refresh.run(kind, now, lastSeen, seq);
  }

  /** Removes the tuple, whatever it is. */
  forget(tuple: Tuple): void {
    const row = this.#row(tuple);
    if (row === undefined) return;
    this.#remove.run(...keyOf(row));
    if (Number(row[0]) < KIND.valid) this.#uncount(row[3], row[4]);
  }

  /** As Store.expire. */
  expire(lifetimes: Lifetimes, now: Seconds, most: number): number {
    let left = most;
    left -= this.#expireKind(KIND.pending, now - lifetimes.pending, left);
    left -= this.#expireKind(KIND.pendingNullSender, now - lifetimes.pendingNullSender, left);
    left -= this.#expireKind(KIND.valid, now - lifetimes.valid, left);
    left -= this.#expireKind(KIND.validNullSender, now - lifetimes.valid, left);
    return most - left;
  }

  #expireKind(kind: number, before: Seconds, most: number): number {
    const rows = most > 0 ? this.#oldest.all(kind, before, most).map(fields) : [];
    const last = rows.at(-1);
    if (last === undefined) return 0;
    this.#removeTo.run(kind, Number(last[0]), Number(last[1]));
    if (kind < KIND.valid) for (const row of rows) this.#uncount(row?.[2], row?.[3]);
    return rows.length;
  }

  #row(tuple: Tuple): Row | undefined {
    return fields(this.#find.get(...this.#sought(tuple)));
  }

  /** The parameters of SAME. */
  #sought(tuple: Tuple): [number, string, string, Uint8Array | string] {
    return [this.#hash(tuple), tuple.recipient, tuple.sender, packPart(tuple.client)];
  }

  #uncount(part: SQLOutputValue = null, client: SQLOutputValue = null): void {
    const key = countKey(clientBytes(part, client));
    if (this.#lastPending.run(key).changes === 0) this.#dropPending.run(key);
  }

  #hash(tuple: Tuple): number {
    const text = `${this.#secret}\n${tuple.client}\n${tuple.sender}\n${tuple.recipient}`;
    return hash('sha256', text, 'buffer').readInt32LE(0);
  }
}

/** clientKey(address) as bytes: the IPv4 address, or the IPv6 /64. */
function countKey(address: Uint8Array): Uint8Array {
  return address.length === 4 ? address : address.subarray(0, 8);
}

function keyOf(row: Row): Key {
  return [Number(row[0]), Number(row[1]), Number(row[2])];
}

/** A row of a statement with returnArrays, which the types of node:sqlite do not know of. */
function fields(row: unknown): Row | undefined {
  return row as Row | undefined;
}
