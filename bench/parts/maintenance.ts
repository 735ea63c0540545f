// Maintenance under load: nine of ten tuples are past their time when the daemon starts.
import { compare, HEADINGS } from '../compare.ts';
import { fillTuples, now } from '../fill.ts';
import { statistics } from '../inspect.ts';
import type { Part } from '../part.ts';
import { startConstant, startDdgrey } from '../servers.ts';
import { grouped, row } from '../table.ts';
import { newTuples } from '../workloads.ts';

const DAY = 86_400;

/** The same store; only with the shorter window do the tuples of ten days ago expire. */
const WINDOWS = [
  ['nothing expires', 'retry 30d'],
  ['9 of 10 expire', 'retry 3d'],
] as const;

export const maintenance: Part = {
  name: 'maintenance',
  about: 'checks while 9 of 10 of the tuples (--entries) expire, and while none does',
  run: async ({ seconds, entries }) => {
    await using constant = await startConstant();
    console.log(row('', HEADINGS));
    const p99: number[] = [];
    for (const [name, retry] of WINDOWS) {
      const seen = now();
      await using ddgrey = await startDdgrey({
        config: [retry, 'grey_default 4h'],
        prepare: async (directory) => {
          await fillTuples(directory, entries, (n) => ({
            state: 'pending',
            lastSeen: n % 10 === 0 ? seen : seen - 10 * DAY,
          }));
        },
      });
      const way = { connections: 16, onePerRequest: false, seconds, next: newTuples(entries) };
      const { latencies, perSecond } = await compare({ ...way, names: [name, 'new'], ddgrey, constant });
      p99.push(latencies.percentile(0.99));
      const { tuples } = await statistics(ddgrey);
      const left = tuples.pending - latencies.count;
      console.log(
        `${name}: ${grouped(entries - left)} tuples removed meanwhile, ${grouped(perSecond)} checks a second`,
      );
    }
    const [without = 0, during = 0] = p99;
    console.log(`p99 while they expire to p99 while none does: ${(during / without).toFixed(2)}`);
  },
};
