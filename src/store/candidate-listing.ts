// The candidates for a pass: tuples put in order by whose the pass would be, and summed up. That is done in a temporary
// database, which goes to disk where there are many, so that memory does not grow with them.
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { parseMailbox } from '../policy/check.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import { passOwner } from '../policy/pass.ts';
import type { PassCandidate } from './store.ts';

/** Nothing of it has to survive anything. */
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

  /** Those that the tuples make, as Store.passCandidates. */
  *list(tuples: Iterable<StoredTuple>, uses: number): Generator<PassCandidate, void> {
    using sums = new DatabaseSync('');
    sums.exec(CREATE);
    const insert = sums.prepare('INSERT INTO candidate VALUES (?, ?, ?, ?, ?)');
    for (const { tuple, client, clientName, senderText, uses: used } of tuples) {
      const { domain } = parseMailbox(senderText);
      if (domain !== '') insert.run(passOwner(tuple.client, client), domain, client, clientName ?? null, used);
    }
    sums.exec('COMMIT');
    for (const row of sums.prepare(SUMS).iterate(uses)) {
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
