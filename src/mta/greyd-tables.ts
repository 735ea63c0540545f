// DOWNLOAD and UPLOAD: the tables of the memory as text, both a piece at a time, however long a table is.
import type { Seconds } from '../policy/check.ts';
import type { StoredTuple, TupleState } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import type { Table, Upload, UploadResult } from '../policy/table.ts';
import { formatPass, formatTuple, type Parsed, parsePass, parseTuple } from './greyd-records.ts';

/** What the tables need of the memory. */
export interface GreydTables {
  /** All entries with `lastSeen > after`, in chunks. */
  exportTuples(state: TupleState, after: Seconds): AsyncIterable<readonly StoredTuple[]>;
  exportPasses(after: Seconds): AsyncIterable<readonly Pass[]>;
  /** Takes entries over, but for those that it has already; returns how many it took. */
  importTuples(tuples: readonly StoredTuple[]): Promise<number>;
  importPasses(passes: readonly Pass[]): Promise<number>;
}

/** How long entries live, in seconds since they were used last. */
export interface EntryLifetimes {
  readonly pending: Seconds;
  readonly pendingNullSender: Seconds;
  readonly valid: Seconds;
  readonly pass: Seconds;
}

/** Entries that are stored together. */
const BATCH = 500;
/** Problems that are told; if there are more, the file is not what it seems. */
const MOST_PROBLEMS = 10;
/** Seconds that an entry may be in the future: clocks differ, but one from the far future would never expire. */
const AHEAD: Seconds = 300;

/** The lines of a table, of entries with `lastSeen > after`. */
export async function* downloadLines(tables: GreydTables, table: Table, after: Seconds): AsyncGenerator<string> {
  if (table === 'white') {
    for await (const passes of tables.exportPasses(after))
      yield passes.map((pass) => `${formatPass(pass)}\r\n`).join('');
    return;
  }
  for await (const tuples of tables.exportTuples(table, after)) {
    yield tuples.map((tuple) => `${formatTuple(tuple)}\r\n`).join('');
  }
}

/**
 * Starts to take a table; `now` is the time beyond which entries are refused. Those that are past their lifetimes are left
 * out: a valid one would take the place of one that waits, and let nothing pass.
 */
export function startUpload(tables: GreydTables, table: Table, now: Seconds, lifetimes: EntryLifetimes): Upload {
  const parts = { latest: now + AHEAD };
  if (table === 'white')
    return new Taking({
      ...parts,
      parse: parsePass,
      oldest: () => now - lifetimes.pass,
      store: (batch) => tables.importPasses(batch),
    });
  const parse = (line: string): Parsed<StoredTuple> => withoutBounces(parseTuple(line, table));
  const oldest = ({ nullSender }: StoredTuple): Seconds =>
    now - lifetimes[table === 'pending' && nullSender ? 'pendingNullSender' : table];
  return new Taking({ ...parts, parse, oldest, store: (batch) => tables.importTuples(batch) });
}

/** ze-filter made bounces valid, so that forged ones passed; where the sender is no part of the tuple it may be another's. */
function withoutBounces(parsed: Parsed<StoredTuple>): Parsed<StoredTuple> {
  if (parsed.kind === 'wrong') return parsed;
  const { state, nullSender, tuple } = parsed.entry;
  const isBounce = state === 'valid' && nullSender && tuple.sender !== '';
  return isBounce ? { kind: 'wrong', problem: 'bounces never become valid' } : parsed;
}

interface TakingParts<T> {
  readonly parse: (line: string) => Parsed<T>;
  readonly store: (batch: readonly T[]) => Promise<number>;
  readonly latest: Seconds;
  /** When such an entry must have been used, not to be past its lifetime. */
  readonly oldest: (entry: T) => Seconds;
}

class Taking<T extends { readonly firstSeen: Seconds; readonly lastSeen: Seconds }> implements Upload {
  readonly #parts: TakingParts<T>;
  readonly #problems: [number, string][] = [];
  #batch: T[] = [];
  #stored: Promise<void> = Promise.resolve();
  #lines = 0;
  #taken = 0;
  #refused = 0;
  #expired = 0;
  #failure: string | undefined;

  constructor(parts: TakingParts<T>) {
    this.#parts = parts;
  }

  take(line: string): Promise<void> | undefined {
    this.#lines += 1;
    const parsed = this.#parts.parse(line);
    if (parsed.kind === 'wrong') return this.#refuse(parsed.problem);
    const { entry } = parsed;
    if (Math.max(entry.firstSeen, entry.lastSeen) > this.#parts.latest) return this.#refuse('time is in the future');
    if (entry.lastSeen < this.#parts.oldest(entry)) {
      this.#expired += 1;
      return undefined;
    }
    this.#batch.push(entry);
    return this.#batch.length < BATCH ? undefined : this.#storeBatch();
  }

  async end(): Promise<UploadResult> {
    await this.#storeBatch();
    const [lines, taken, refused, expired] = [this.#lines, this.#taken, this.#refused, this.#expired];
    return { lines, taken, refused, expired, problems: this.#problems, failure: this.#failure };
  }

  #refuse(problem: string): undefined {
    this.#refused += 1;
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push([this.#lines, problem]);
  }

  /** One batch after the other, so that checks find their turn between them. */
  #storeBatch(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#stored = this.#stored.then(() => this.#store(batch));
    return this.#stored;
  }

  async #store(batch: readonly T[]): Promise<void> {
    if (batch.length === 0 || this.#failure !== undefined) return;
    try {
      this.#taken += await this.#parts.store(batch);
    } catch (error) {
      this.#failure = String(error);
    }
  }
}
