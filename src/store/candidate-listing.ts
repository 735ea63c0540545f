// The candidates for a pass: tuples put in order by whose the pass would be, and summed up. That is done in a temporary
// database, which goes to disk where there are many, so that memory does not grow with them.
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { parseMailbox, type Seconds } from '../policy/check.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import { passOwner } from '../policy/pass.ts';
import { inPieces, TURN } from './pieces.ts';
import type { PassCandidate } from './store.ts';

/** Settings of a database of which nothing has to survive anything. */
const CREATE = `
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  CREATE TABLE candidate (owner TEXT, domain TEXT, client TEXT, client_name TEXT, uses INTEGER) STRICT;
  BEGIN`;

const SUMS = `
  SELECT * FROM (
    SELECT owner, domain, client, client_name, sum(uses) AS uses, sum(sum(uses)) OVER (PARTITION BY owner, domain) AS total
    FROM candidate GROUP BY owner, domain, client, client_name)
  WHERE total >= ? ORDER BY owner, domain`;

export class CandidateListing {
  readonly #pass: StatementSync;

  constructor(db: DatabaseSync) {
    this.#pass = db.prepare('SELECT 1 FROM pass WHERE client = ? AND domain = ?');
  }

  /** Those that the valid tuples make, as Store.passCandidates. Until the last tuple is read, all pieces are empty. */
  *list(tuples: Iterable<StoredTuple>, before: Seconds, uses: number): Generator<readonly PassCandidate[], void> {
    using sums = new DatabaseSync('');
    sums.exec(CREATE);
    const insert = sums.prepare('INSERT INTO candidate VALUES (?, ?, ?, ?, ?)');
    let read = 0;
    for (const { tuple, client, clientName, senderText, firstSeen, uses: used } of tuples) {
      const { domain } = parseMailbox(senderText);
      if (firstSeen <= before && domain !== '') {
        insert.run(passOwner(tuple.client, client), domain, client, clientName ?? null, used);
      }
      read += 1;
      if (read % TURN === 0) yield [];
    }
    sums.exec('COMMIT');
    yield* inPieces(this.#withoutPass(sums.prepare(SUMS).iterate(uses)));
  }

  *#withoutPass(rows: Iterable<Record<string, SQLOutputValue>>): Generator<PassCandidate, void> {
    for (const row of rows) {
      const candidate = candidateOf(row);
      if (this.#pass.get(candidate.owner, candidate.senderDomain) === undefined) yield candidate;
    }
  }
}

function candidateOf(row: Record<string, SQLOutputValue>): PassCandidate {
  const { client_name: name = null } = row;
  return {
    owner: String(row['owner']),
    client: String(row['client']),
    clientName: name === null ? undefined : String(name),
    senderDomain: String(row['domain']),
    uses: Number(row['uses']),
  };
}
