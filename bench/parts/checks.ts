// Checks of all kinds over connections of all kinds.
import { setTimeout as sleep } from 'node:timers/promises';
import { compare, HEADINGS } from '../compare.ts';
import { databaseBytes, statistics } from '../inspect.ts';
import { runLoad } from '../load.ts';
import type { Part } from '../part.ts';
import { type Server, startConstant, startDdgrey } from '../servers.ts';
import { row } from '../table.ts';
import { createWorkloads, KNOWN_TUPLES } from '../workloads.ts';

const WAYS = [
  { name: '1 connection', connections: 1, onePerRequest: false },
  { name: '16 connections', connections: 16, onePerRequest: false },
  { name: '100 connections', connections: 100, onePerRequest: false },
  { name: 'one a request, 16', connections: 16, onePerRequest: true },
] as const;

export const checks: Part = {
  name: 'checks',
  about: 'first attempts, and tuples that have passed',
  run: async ({ seconds }) => {
    await using ddgrey = await startDdgrey();
    await using constant = await startConstant();
    await makeKnown(ddgrey);
    const atStart = ddgrey.memory();
    const workloads = createWorkloads();
    for (const { name, about } of workloads) console.log(`${name}: ${about}`);
    console.log(row('', HEADINGS));
    for (const { name: line, ...way } of WAYS) {
      for (const { name, next } of workloads)
        await compare({ names: [line, name], ddgrey, constant, ...way, seconds, next });
    }
    await reportSizes(ddgrey, atStart);
  },
};

/** Makes the known tuples pass: a first attempt, a retry after the delay. */
async function makeKnown({ path }: Server): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    for (let asked = 0; asked < KNOWN_TUPLES.length; asked += 16) {
      const [first = '', ...rest] = KNOWN_TUPLES.slice(asked, asked + 16);
      const supply = [first, ...rest];
      await runLoad({
        path,
        connections: supply.length,
        onePerRequest: false,
        seconds: 0,
        next: () => supply.pop() ?? first,
      });
    }
    await sleep(1100);
  }
}

async function reportSizes(ddgrey: Server, memoryAtStart: number): Promise<void> {
  // The worker copies the log into the database once a while; what is still in it would count twice.
  await sleep(3000);
  const { tuples } = await statistics(ddgrey);
  const count = tuples.pending + tuples.valid;
  console.log(`${count} tuples, ${(databaseBytes(ddgrey) / count).toFixed(0)} bytes on disk a tuple`);
  console.log(`memory: ${memoryAtStart.toFixed(0)} MiB at the start, ${ddgrey.memory().toFixed(0)} MiB at the end`);
}
