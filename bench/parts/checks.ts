// Checks of all kinds over connections of all kinds, and what a release is to reach.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Compared, compare, costing, HEADINGS } from '../compare.ts';
import { databaseBytes, statistics } from '../inspect.ts';
import { makeKnown } from '../make-known.ts';
import type { Part } from '../part.ts';
import { type Server, startConstant, startConstantInC, startDdgrey } from '../servers.ts';
import { row, verdict } from '../table.ts';
import { EACH, HUNDRED, SIXTEEN, type Way, WAYS } from '../ways.ts';
import { createWorkloads } from '../workloads.ts';

/** The least ratios to the constant server, at 16 and 100 connections. */
const TARGETS: { readonly [workload: string]: number } = { mix: 0.45, repeat: 0.6, new: 0.35 };
/** With a connection for each question, for tuples that have passed. */
const TARGET_EACH = 0.75;
/** The p99 at half of the highest rate, divided by the constant server's at half of its own. */
const TARGET_P99 = 3;

export const checks: Part = {
  name: 'checks',
  about: 'first attempts, and tuples that have passed',
  run: async ({ seconds }) => {
    await using ddgrey = await startDdgrey();
    await using constant = await startConstant();
    const idle = ddgrey.memory();
    console.log(`up after ${ddgrey.startTime.toFixed(0)} ms, with ${idle.toFixed(0)} MiB`);
    await makeKnown(ddgrey.path);
    const workloads = createWorkloads();
    for (const { name, about } of workloads) console.log(`${name}: ${about}`);
    console.log(row('', HEADINGS));
    const judged: string[] = [];
    for (const way of WAYS) {
      for (const { name, next } of workloads) {
        const compared = await compare({ names: [way.name, name], ddgrey, constant, ...way, seconds, next });
        judged.push(...judge(way, name, compared));
        if (name === 'mix' && (way === SIXTEEN || way === HUNDRED))
          judged.push(await half(way, compared, { ddgrey, constant, seconds, next }));
      }
    }
    await measureC(seconds);
    await reportSizes(ddgrey, idle);
    console.log(['', 'what is to be reached:', ...judged].join('\n'));
  },
};

function judge(way: Way, workload: string, { ratio }: Compared): readonly string[] {
  const target = way === EACH ? (workload === 'repeat' ? TARGET_EACH : undefined) : TARGETS[workload];
  if (target === undefined || (way !== SIXTEEN && way !== HUNDRED && way !== EACH)) return [];
  return [verdict(`${way.name}, ${workload}: ratio ${ratio.toFixed(2)}, at least ${target}`, ratio >= target)];
}

interface HalfLoad {
  readonly ddgrey: Server;
  readonly constant: Server;
  readonly seconds: number;
  readonly next: () => string;
}

/** Latency with time to spare: questions at half of what each server can answer. */
async function half(way: Way, { ours, yardstick }: Compared, { ddgrey, constant, ...load }: HalfLoad): Promise<string> {
  const theirs = await costing(constant, { ...way, ...load, rate: yardstick.perSecond / 2 });
  const we = await costing(ddgrey, { ...way, ...load, rate: ours.perSecond / 2 });
  const limit = TARGET_P99 * theirs.p99;
  const text = `${way.name}, mix at half load: p99 ${we.p99.toFixed(2)} ms, at most ${limit.toFixed(2)}`;
  return verdict(text, we.p99 <= limit);
}

async function measureC(seconds: number): Promise<void> {
  await using server = await startConstantInC();
  if (server === undefined) return console.log('no C compiler: load from Node, no constant answer in C');
  for (const way of WAYS) {
    const { perSecond, p99, cpu } = await costing(server, { ...way, seconds, next: () => '' });
    console.log(
      `constant answer in C, ${way.name}: ${perSecond.toFixed(0)}/s, p99 ${p99.toFixed(2)} ms, CPU ${cpu.toFixed(1)} us`,
    );
  }
}

async function reportSizes(ddgrey: Server, idle: number): Promise<void> {
  // The worker copies the log into the database once a while; what is still in it would count twice.
  await sleep(3000);
  const { tuples } = await statistics(ddgrey);
  const count = tuples.pending + tuples.valid;
  console.log(`${count} tuples, ${(databaseBytes(ddgrey) / count).toFixed(0)} bytes on disk a tuple`);
  console.log(`memory: ${idle.toFixed(0)} MiB at the start, ${ddgrey.memory().toFixed(0)} MiB at the end`);
}
