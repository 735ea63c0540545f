// One of the two files of the journal of first attempts, and what is to be known of its lines without reading them.
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { Seconds } from '../policy/check.ts';
import { AttemptIndex, type AttemptKey } from './attempt-index.ts';
import type { ClientNumber } from './client-number.ts';
import { type FirstAttempt, parseAttempts } from './attempt-line.ts';
import { openError } from './schema.ts';

export class AttemptFile {
  readonly #path: string;
  readonly #file: number;
  #length: number;
  /** A write failed: behind the whole lines there may be a part of others. */
  #torn = false;
  #index = new AttemptIndex();
  #clients: ClientCounts = new Map();
  #size = 0;
  #oldest: Seconds = Number.POSITIVE_INFINITY;

  /**
   * Opens or creates the file, readable by its owner only. It stays open, so that a lack of descriptors later does not
   * matter.
   */
  constructor(path: string) {
    this.#path = path;
    this.#file = openFile(path);
    // A last line without an end was not answered; what is written next must not become a part of it.
    this.#length = bytesOf({ file: this.#file, length: fstatSync(this.#file).size }).lastIndexOf('\n') + 1;
    ftruncateSync(this.#file, this.#length);
  }

  /** How many attempts were noted since it was emptied. */
  get size(): number {
    return this.#size;
  }

  /** Bytes that were written whole. */
  get length(): number {
    return this.#length;
  }

  get content(): FileContent {
    return { file: this.#file, length: this.#length };
  }

  /** The earliest time of an attempt. */
  get oldest(): Seconds {
    return this.#oldest;
  }

  find(key: AttemptKey): Seconds | undefined {
    return this.#size === 0 ? undefined : this.#index.find(key);
  }

  /** How many attempts are of that client and not counted in the database. */
  pendingOf(client: ClientNumber): number {
    return this.#clients.get(client) ?? 0;
  }

  /** Notes an attempt that is about to be written. */
  note(key: AttemptKey, client: ClientNumber, time: Seconds): void {
    this.#index.add(key, time);
    this.uncounted([client]);
    this.#size += 1;
    if (time < this.#oldest) this.#oldest = time;
  }

  /** Takes back the note of an attempt that could not be written. */
  unnote(key: AttemptKey, client: ClientNumber): void {
    this.#index.remove(key);
    this.counted([client]);
    this.#size -= 1;
  }

  /** The database counts an attempt of each of these clients from now on. */
  counted(clients: readonly ClientNumber[]): void {
    for (const client of clients) {
      const left = this.pendingOf(client) - 1;
      if (left > 0) this.#clients.set(client, left);
      else this.#clients.delete(client);
    }
  }

  /** The database does not count an attempt of each of these clients, or not any more. */
  uncounted(clients: readonly ClientNumber[]): void {
    for (const client of clients) this.#clients.set(client, this.pendingOf(client) + 1);
  }

  /** Appends the lines, all or none. */
  write(lines: string): void {
    const bytes = Buffer.from(lines);
    if (this.#torn) ftruncateSync(this.#file, this.#length);
    this.#torn = true;
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
    this.#torn = false;
    this.#length += bytes.length;
  }

  /** The attempts in the file, one by one: all at once may take much room. */
  read(): Iterable<FirstAttempt> {
    return parseAttempts(bytesOf(this.content));
  }

  /** Empties the file, all of which is in the database. */
  empty(): void {
    ftruncateSync(this.#file, 0);
    this.#length = 0;
    this.#index = new AttemptIndex();
    this.#clients = new Map();
    this.#size = 0;
    this.#oldest = Number.POSITIVE_INFINITY;
  }

  /** Closes the file, and removes it unless something is left in it. */
  close(): void {
    closeSync(this.#file);
    if (this.#length > 0) return;
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // The disk can only be read any more. An empty file does no harm, and the rest of the store is to be closed, too.
    }
  }
}

/** The beginning of an open file, by its descriptor, which every thread may use: the name may be gone. */
export interface FileContent {
  readonly file: number;
  readonly length: number;
}

/** The bytes of such a beginning, or what is left of them if somebody cut the file. */
export function bytesOf({ file, length }: FileContent): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let end = 0;
  for (let read = -1; read !== 0 && end < length; end += read) read = readSync(file, bytes, end, length - end, end);
  return bytes.subarray(0, end);
}

function openFile(path: string): number {
  try {
    return openSync(path, 'a+', 0o600);
  } catch (error) {
    throw new Error(`cannot open ${path}, which belongs to the database: ${openError(error)}`, { cause: error });
  }
}

type ClientCounts = Map<ClientNumber, number>;
