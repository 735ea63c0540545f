// npm run bench [-- --seconds N]: the same load on ddgreyd and on a constant answer of the same runtime, in one run.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Measured, runLoad } from './load.ts';
import { type Server, startConstant, startDdgrey } from './servers.ts';
import { createWorkloads, KNOWN_TUPLES } from './workloads.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '3' } } });
const seconds = Number(values.seconds);

const WAYS = [
  { name: '1 connection', connections: 1, onePerRequest: false },
  { name: '16 connections', connections: 16, onePerRequest: false },
  { name: '100 connections', connections: 100, onePerRequest: false },
  { name: 'one a request, 16', connections: 16, onePerRequest: true },
] as const;

await using ddgrey = await startDdgrey();
await using constant = await startConstant();

console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; ${seconds} s each; unix sockets`);
await makeKnown(ddgrey);
const atStart = ddgrey.memory();
const workloads = createWorkloads();
for (const { name, about } of workloads) console.log(`${name}: ${about}`);
console.log(
  'constant: a server of the same runtime that gives every question the same answer; ratio: ddgrey/s to constant/s',
);
console.log(
  row('', ['workload', 'ddgrey/s', 'p50 ms', 'p99', 'p99.9', 'constant/s', 'p50 ms', 'p99', 'p99.9', 'ratio']),
);
for (const way of WAYS) {
  for (const { name, next } of workloads) {
    const yardstick = await runLoad({ ...way, path: constant.path, seconds, next });
    const ours = await runLoad({ ...way, path: ddgrey.path, seconds, next });
    const ratio = (ours.perSecond / yardstick.perSecond).toFixed(2);
    console.log(row(way.name, [name, ...figures(ours), ...figures(yardstick), ratio]));
  }
}
await reportSizes(ddgrey, atStart);

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

async function reportSizes({ directory, memory }: Server, memoryAtStart: number): Promise<void> {
  // The worker copies the log into the database once a while; what is still in it would count twice.
  await sleep(3000);
  const ask = new URL('../bin/ddgrey', import.meta.url).pathname;
  const { stdout } = spawnSync(ask, ['-D', directory, 'stats', '--json'], { encoding: 'utf8' });
  const { tuples } = JSON.parse(stdout) as { tuples: { pending: number; valid: number } };
  const count = tuples.pending + tuples.valid;
  const file = readdirSync(directory).find((name) => name.endsWith('.db')) ?? '';
  const bytes = statSync(join(directory, file)).size;
  console.log(`${count} tuples, ${(bytes / count).toFixed(0)} bytes on disk a tuple`);
  console.log(`memory: ${memoryAtStart.toFixed(0)} MiB at the start, ${memory().toFixed(0)} MiB at the end`);
}

function figures({ perSecond, latencies }: Measured): readonly string[] {
  return [perSecond.toFixed(0), ...[0.5, 0.99, 0.999].map((share) => latencies.percentile(share).toFixed(2))];
}

function row(way: string, cells: readonly string[]): string {
  return way.padEnd(20) + cells.map((cell) => cell.padStart(11)).join('');
}
