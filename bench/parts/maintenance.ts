// Maintenance under load: when the daemon starts, nine of ten tuples are past their time, or have proved themselves.
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, HEADINGS } from '../compare.ts';
import { DATABASE, fillTuples, now, type Seen } from '../fill.ts';
import { statistics } from '../inspect.ts';
import type { Part, Size } from '../part.ts';
import { type Server, startConstant, startDdgrey } from '../servers.ts';
import { grouped, row } from '../table.ts';
import { newTuples } from '../workloads.ts';

const DAY = 86_400;
/** Pairs of measurements: what else the machine does hits one as often as the other. */
const ROUNDS = 3;

/** A store and the daemon on it. */
interface Case {
  readonly name: string;
  readonly retry: string;
  readonly seen: (number: number) => Seen;
}

export const maintenance: Part = {
  name: 'maintenance',
  about: 'checks while 9 of 10 of the tuples (--entries) expire or are looked at for passes, and while none is',
  run: async (size) => {
    await using constant = await startConstant();
    console.log(row('', HEADINGS));
    const start = now();
    const old = (n: number): Seen => ({ state: 'pending', lastSeen: n % 10 === 0 ? start : start - 10 * DAY });
    // The same tuples; only with the shorter window do the tuples of ten days ago expire.
    const quiet: Case = { name: 'nothing expires', retry: 'retry 30d', seen: old };
    const expiring: Case = { name: '9 of 10 expire', retry: 'retry 3d', seen: old };
    await inPairs(quiet, expiring, { constant, size });
    const young: Case = { name: 'all too young', retry: 'retry 3d', seen: (n) => passed(n, start) };
    const proved = (n: number): Seen => passed(n, n % 10 === 0 ? start : start - 4 * DAY);
    await inPairs(young, { name: '9 of 10 proved', retry: 'retry 3d', seen: proved }, { constant, size });
  },
};

/** A tuple that passed; one of a hundred has enough uses for a pass, and the client's name fits. */
function passed(number: number, lastSeen: number): Seen {
  return {
    state: 'valid',
    lastSeen,
    uses: number % 100 === 1 ? 5 : 1,
    clientName: `mx.example${number % 5000}.com`,
  };
}

interface Bench {
  readonly constant: Server;
  readonly size: Size;
}

/** Measures the two in turns. */
async function inPairs(quiet: Case, busy: Case, bench: Bench): Promise<void> {
  await using quietStore = await filled(quiet, bench.size);
  await using busyStore = await filled(busy, bench.size);
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const without = await p99(quiet, quietStore.directory, bench);
    ratios.push((await p99(busy, busyStore.directory, bench)) / without);
  }
  const texts = ratios.map((ratio) => ratio.toFixed(2));
  console.log(`p99 of "${busy.name}" to p99 of "${quiet.name}": ${texts.join(', ')}`);
}

async function filled({ seen }: Case, { entries }: Size): Promise<AsyncDisposable & { readonly directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'ddgrey-bench-'));
  await fillTuples(directory, entries, seen);
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

async function p99({ name, retry }: Case, from: string, { constant, size }: Bench): Promise<number> {
  const prepare = (directory: string): Promise<void> => copyFile(join(from, DATABASE), join(directory, DATABASE));
  await using ddgrey = await startDdgrey({ config: [retry, 'grey_default 4h'], prepare });
  const way = { connections: 16, seconds: size.seconds, next: newTuples(size.entries), rounds: 1 };
  const { ours, count } = await compare({ ...way, names: [name, 'new'], ddgrey, constant });
  const { tuples, counters } = await statistics(ddgrey);
  const removed = size.entries + count - tuples.pending - tuples.valid;
  // Passes are counted when a round of maintenance is at its end.
  const given = grouped(counters['promoted'] ?? 0);
  console.log(`${name}: ${grouped(removed)} tuples removed, ${given} passes given; ${grouped(ddgrey.memory())} MiB`);
  return ours.p99;
}
