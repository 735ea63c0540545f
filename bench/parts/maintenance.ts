// Maintenance under load: nine of ten tuples are past their time when the daemon starts.
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, HEADINGS } from '../compare.ts';
import { DATABASE, fillTuples, now } from '../fill.ts';
import { statistics } from '../inspect.ts';
import type { Part, Size } from '../part.ts';
import { type Server, startConstant, startDdgrey } from '../servers.ts';
import { grouped, row } from '../table.ts';
import { newTuples } from '../workloads.ts';

const DAY = 86_400;
/** Pairs of measurements: what else the machine does hits one as often as the other. */
const ROUNDS = 3;
/** The same store; only with the shorter window do the tuples of ten days ago expire. */
const QUIET = ['nothing expires', 'retry 30d'] as const;
const EXPIRING = ['9 of 10 expire', 'retry 3d'] as const;

export const maintenance: Part = {
  name: 'maintenance',
  about: 'checks while 9 of 10 of the tuples (--entries) expire, and while none does',
  run: async (size) => {
    const directory = await mkdtemp(join(tmpdir(), 'ddgrey-bench-'));
    try {
      const seen = now();
      const lastSeen = (n: number): number => (n % 10 === 0 ? seen : seen - 10 * DAY);
      await fillTuples(directory, size.entries, (n) => ({ state: 'pending', lastSeen: lastSeen(n) }));
      await using constant = await startConstant();
      console.log(row('', HEADINGS));
      const ratios: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const without = await p99(QUIET, { filled: directory, constant, size });
        ratios.push((await p99(EXPIRING, { filled: directory, constant, size })) / without);
      }
      const texts = ratios.map((ratio) => ratio.toFixed(2));
      console.log(`p99 while they expire to p99 while none does: ${texts.join(', ')}`);
    } finally {
      await rm(directory, { recursive: true });
    }
  },
};

interface Setting {
  readonly filled: string;
  readonly constant: Server;
  readonly size: Size;
}

async function p99([name, retry]: readonly [string, string], { filled, constant, size }: Setting): Promise<number> {
  const prepare = (directory: string): Promise<void> => copyFile(join(filled, DATABASE), join(directory, DATABASE));
  await using ddgrey = await startDdgrey({ config: [retry, 'grey_default 4h'], prepare });
  const way = { connections: 16, seconds: size.seconds, next: newTuples(size.entries), rounds: 1 };
  const { ours, count } = await compare({ ...way, names: [name, 'new'], ddgrey, constant });
  const { tuples } = await statistics(ddgrey);
  const removed = size.entries + count - tuples.pending;
  console.log(`${name}: ${grouped(removed)} tuples removed since the start`);
  return ours.p99;
}
