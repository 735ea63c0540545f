// The policy file: a long one is read as fast as a short one is used.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPolicy } from '../../src/policy/rules.ts';
import { compare, HEADINGS } from '../compare.ts';
import type { Part } from '../part.ts';
import { startConstant, startDdgrey } from '../servers.ts';
import { grouped, row } from '../table.ts';
import { newTuples } from '../workloads.ts';

const LENGTHS = [20, 200_000];
/** Milliseconds. */
const SETTLED = 7000;

export const policy: Part = {
  name: 'policy',
  about: 'a policy file of 200,000 lines beside one of 20',
  run: async ({ seconds }) => {
    await using constant = await startConstant();
    const next = newTuples(0);
    console.log(row('', HEADINGS));
    for (const lines of LENGTHS) {
      const text = policyFile(lines);
      await using ddgrey = await startDdgrey({
        config: ['policy policy'],
        prepare: (directory) => writeFileSync(join(directory, 'policy'), text),
      });
      const name = `${grouped(lines)} lines`;
      // A file that was written just now is read once more.
      await sleep(SETTLED);
      await compare({ names: [name, 'new'], ddgrey, constant, connections: 16, seconds, next });
      const [read, start, memory] = [readingTime(text), ddgrey.startTime, ddgrey.memory()].map(grouped);
      console.log(`${name}: read in ${read} ms; the daemon was up after ${start} ms, with ${memory} MiB`);
    }
  },
};

/** Milliseconds to parse and index it. */
function readingTime(text: string): number {
  const started = performance.now();
  if (readPolicy(text).kind === 'broken') throw new Error('the policy file of the benchmark is broken');
  return performance.now() - started;
}

/** Keys of all kinds, none of which fits a tuple of the benchmark, so that every lookup goes to its end. */
function policyFile(lines: number): string {
  const kinds = [
    (n: number) => `GreyCheckConnect:198.${18 + (n >>> 16)}.${(n >>> 8) & 255}.${n & 255} NO`,
    (n: number) => `GreyCheckConnect:2001:db8:${n.toString(16)}::/64 NO`,
    (n: number) => `GreyCheckConnect:mx${n}.partner${n}.net NO`,
    (n: number) => `GreyCheckFrom:user${n}@sender${n}.net YES`,
    (n: number) => `GreyCheckFrom:sender${n}.org NO`,
    (n: number) => `GreyCheckTo:user${n}@recipient.net NO-QUICK`,
  ];
  return Array.from({ length: lines }, (_, n) => `${kinds[n % kinds.length]?.(Math.floor(n / kinds.length))}\n`).join(
    '',
  );
}
