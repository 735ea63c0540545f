// First attempts, which are most of what is written: they go to a file, those of one turn of the event loop in one write,
// and in larger lots from there to the database (attempt-mover.ts), where each attempt changes a few pages. What is in the file
// outlives the process, as what is in SQLite's log does. There are two files: one is written while the other is moved.
import type { Seconds } from '../policy/check.ts';
import { AttemptFile } from './attempt-file.ts';
import { type ClientNumber, clientNumber, clientOf } from './client-number.ts';
import { type FirstAttempt, formatAttempt } from './attempt-line.ts';
import type { Tuple } from '../policy/tuple.ts';
import type { TupleKey } from './tuple-key.ts';

/** What is to be written at the end of this turn. */
interface Round extends PromiseWithResolvers<void> {
  lines: string;
  readonly noted: (readonly [key: TupleKey, client: ClientNumber])[];
}

export class AttemptJournal {
  #written: AttemptFile;
  #turned: AttemptFile;
  #round: Round | undefined;

  /** `path`: of the database, beside which the files are. Attempts that a killed process left in them are there again. */
  constructor(path: string, keyOf: (tuple: Tuple) => TupleKey) {
    this.#turned = new AttemptFile(`${path}-attempts0`);
    this.#written = new AttemptFile(`${path}-attempts1`);
    for (const file of [this.#turned, this.#written]) {
      for (const attempt of file.read()) file.note(keyOf(attempt.tuple), clientOf(attempt), attempt.time);
      // A file with nothing but damaged lines is never moved, and would take room for ever.
      if (file.size === 0) file.empty();
    }
  }

  /** The file that is not written now, but moved unless it is empty. */
  get turned(): AttemptFile {
    return this.#turned;
  }

  get isEmpty(): boolean {
    return this.#written.size + this.#turned.size === 0;
  }

  /** Bytes in the file that is written, with what is about to be written. */
  get length(): number {
    return this.#written.length + (this.#round?.lines.length ?? 0);
  }

  /** The earliest time of an attempt. */
  get oldest(): Seconds {
    return Math.min(this.#written.oldest, this.#turned.oldest);
  }

  /** When the tuple was first seen, if its attempt is in the journal. */
  find(key: TupleKey): Seconds | undefined {
    return this.#written.find(key) ?? this.#turned.find(key);
  }

  /** How many entries of the client with this address are here and not in the database. */
  pendingOf(address: Uint8Array): number {
    if (this.isEmpty) return 0;
    const client = clientNumber(address);
    return this.#written.pendingOf(client) + this.#turned.pendingOf(client);
  }

  /**
   * Adds an attempt, unless its tuple is there. Resolves when it survives the process; rejects when it could not be
   * written.
   */
  append(attempt: FirstAttempt, key: TupleKey): Promise<void> {
    if (this.find(key) !== undefined) return this.settled() ?? WRITTEN;
    this.#round ??= this.#open();
    const client = clientOf(attempt);
    this.#written.note(key, client, attempt.time);
    this.#round.noted.push([key, client]);
    this.#round.lines += formatAttempt(attempt, key.hash);
    return this.#round.promise;
  }

  /** Resolves when all that can be found now is written, rejects when it could not be; undefined: it is written. */
  settled(): Promise<void> | undefined {
    return this.#round?.promise;
  }

  /** Changes the files' parts: from now on the other one is written, which must be empty. */
  turn(): void {
    this.#write();
    [this.#written, this.#turned] = [this.#turned, this.#written];
  }

  /** Closes the files, and removes those that are empty. */
  close(): void {
    this.#write();
    this.#written.close();
    this.#turned.close();
  }

  #open(): Round {
    const round = { ...Promise.withResolvers<void>(), lines: '', noted: [] };
    // An error is for those who wait. If nobody does, it must not count as unhandled.
    round.promise.catch(() => {});
    setImmediate(() => this.#write());
    return round;
  }

  #write(): void {
    const round = this.#round;
    if (round === undefined) return;
    this.#round = undefined;
    try {
      this.#written.write(round.lines);
      round.resolve();
    } catch (error) {
      for (const [key, client] of round.noted) this.#written.unnote(key, client);
      round.reject(error);
    }
  }
}

const WRITTEN: Promise<void> = Promise.resolve();
