// The worker that moves first attempts from a file of the journal to the database, so many at a time, in the order of their
// hashes: those of a lot then share pages of the index.
import { workerData } from 'node:worker_threads';
import { bytesOf, type FileContent } from './attempt-file.ts';
import { type ClientNumber, clientOf } from './client-number.ts';
import { type FirstAttempt, hashOf, parseAttempt } from './attempt-line.ts';
import { TupleTable } from './tuple-table.ts';
import { serveCalls } from './worker-calls.ts';
import { WorkerDatabase } from './worker-database.ts';

export type MoveJob =
  | { readonly step: 'read'; readonly content: FileContent }
  | { readonly step: 'move'; readonly most: number };

/** What a step has done: whose attempts the database has now that it had not before, and how many are left. */
export interface MoveResult {
  readonly clients: readonly ClientNumber[];
  readonly left: number;
}

/** A hash and the number of its line are put into one number, so that numbers are sorted. More lines than a file has. */
const PLACES = 2 ** 21;

/**
 * Attempts, some 0.1 ms, after which the worker lets go of its core. A thread that wakes up has to wait for the turn of
 * the one that runs to end, up to 3.5 ms, however nice that is.
 */
const TURN = 16;
/** Attempts of a file that are moved without a pause: more than come in the time that moving a file should take. */
const BACKLOG = 50_000;
const NEVER = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

const database = new WorkerDatabase(workerData as string);
const tuples = new TupleTable(database.db);
let file: Buffer = Buffer.alloc(0);
/** Where lines begin. */
let starts: number[] = [];
/** `hash * PLACES + number of the line` of each line that is left, the next one last; undefined: no file was read. */
let left: Float64Array | undefined;
let pauses = true;

serveCalls((job: MoveJob): MoveResult => {
  if (job.step === 'read') {
    left = read(job.content);
    pauses = left.length < BACKLOG;
    return { clients: [], left: left.length };
  }
  // A worker that was started again in the middle of a file knows nothing of it: that is not the end of the file.
  if (left === undefined) throw new Error('started again before all was moved');
  const lot = left.subarray(-job.most);
  const clients = move(lot);
  left = left.subarray(0, left.length - lot.length);
  return { clients, left: left.length };
});

/** Reads a file. It is kept as bytes: as objects it would take ten times as much memory. */
function read(content: FileContent): Float64Array {
  file = bytesOf(content);
  starts = [0];
  for (let end = file.indexOf(10); end >= 0; end = file.indexOf(10, end + 1)) starts.push(end + 1);
  return Float64Array.from({ length: starts.length - 1 }, (_, n) => hashOf(line(n)) * PLACES + n).toSorted();
}

/** Moves a lot; returns whose attempts were inserted. */
function move(lot: Float64Array): ClientNumber[] {
  const attempts = Array.from(lot, (one) => parseAttempt(line(((one % PLACES) + PLACES) % PLACES)) ?? []).flat();
  return database.write(() => attempts.filter(insert)).map(clientOf);
}

function insert(attempt: FirstAttempt, n: number): boolean {
  if (pauses && n % TURN === TURN - 1) giveWay();
  return tuples.insertAttempt(attempt);
}

/** Sleeps as shortly as the system can, some 0.09 ms. */
function giveWay(): void {
  Atomics.wait(NEVER, 0, 0, 0.01);
}

function line(number: number): string {
  return file.toString('utf8', starts[number], (starts[number + 1] ?? 0) - 1);
}
