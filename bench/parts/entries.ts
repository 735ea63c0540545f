// A store with many tuples beside an empty one.
import { compare, HEADINGS } from '../compare.ts';
import { fillTuples, now } from '../fill.ts';
import { databaseBytes } from '../inspect.ts';
import type { Part } from '../part.ts';
import { type Server, startConstant, startDdgrey } from '../servers.ts';
import { grouped, row } from '../table.ts';
import { newTuples, randomTuples } from '../workloads.ts';

export const entries: Part = {
  name: 'entries',
  about: 'checks on a store with many tuples (--entries), half of them pending, beside an empty one',
  run: async ({ seconds, entries: count }) => {
    await using constant = await startConstant();
    console.log(row('', HEADINGS));
    const way = { constant, connections: 16, seconds };
    {
      await using empty = await startDdgrey();
      await compare({ ...way, names: ['empty', 'new'], ddgrey: empty, next: newTuples(count) });
      tellStart('empty', empty);
    }
    let filled = 0;
    // A refresh is due after 6 hours; it would be another workload.
    const seen = now() - 3600;
    const fill = async (directory: string): Promise<void> => {
      filled = await fillTuples(directory, count, (n) => ({
        state: n % 2 === 0 ? 'valid' : 'pending',
        lastSeen: seen,
      }));
    };
    const name = grouped(count);
    await using full = await startDdgrey({ config: ['grey_default 4h'], prepare: fill });
    const bytes = databaseBytes(full);
    tellStart(name, full);
    await compare({ ...way, names: [name, 'new'], ddgrey: full, next: newTuples(count) });
    await compare({ ...way, names: [name, 'known'], ddgrey: full, next: randomTuples(count) });
    console.log(`filled in ${(filled / 1000).toFixed(0)} s; ${(bytes / count).toFixed(0)} bytes on disk a tuple`);
    console.log(`memory after the load: ${grouped(full.memory())} MiB`);
  },
};

function tellStart(name: string, { startTime, memory }: Server): void {
  console.log(`${name}: the daemon was up after ${grouped(startTime)} ms, with ${grouped(memory())} MiB`);
}
