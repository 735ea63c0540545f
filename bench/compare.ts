// The same load on ddgreyd and on the constant server, in turns, as a line of a table. Figures are the median of the rounds.
import { GREYLIST, type LoadOptions, type Measured, runLoad } from './load.ts';
import type { Server } from './servers.ts';
import { median, row } from './table.ts';

export const HEADINGS: readonly string[] = [
  'workload',
  'ddgrey/s',
  'p50 ms',
  'p99',
  'p99.9',
  'CPU us',
  'constant/s',
  'p99 ms',
  'CPU us',
  'ratio',
  'from',
  'to',
];

/** What else the machine does hits one as often as the other. */
const ROUNDS = 3;

export interface Comparison extends Omit<LoadOptions, 'address' | 'form'> {
  /** The line's first words, and the workload. */
  readonly names: readonly [line: string, workload: string];
  readonly ddgrey: Server;
  readonly constant: Server;
  readonly form?: LoadOptions['form'];
  readonly rounds?: number;
}

export interface Compared {
  /** Medians of what ddgrey did. */
  readonly ours: Costing;
  readonly yardstick: Costing;
  /** Median of ddgrey's checks a second divided by the constant's answers. */
  readonly ratio: number;
  /** Of all rounds. */
  readonly count: number;
}

/** What was measured, and the server's CPU time for each answer in microseconds. */
export interface Costing extends Measured {
  readonly cpu: number;
}

/** Measures both in turns and prints the line; what was found. */
export async function compare(comparison: Comparison): Promise<Compared> {
  const { names, ddgrey, constant, form = GREYLIST, rounds = ROUNDS, ...load } = comparison;
  const yardsticks: Costing[] = [];
  const ours: Costing[] = [];
  for (let round = 0; round < rounds; round += 1) {
    yardsticks.push(await costing(constant, { ...load, form }));
    ours.push(await costing(ddgrey, { ...load, form }));
  }
  const ratios = ours.map(({ perSecond }, round) => perSecond / (yardsticks[round]?.perSecond ?? Number.NaN));
  const [we, they] = [medians(ours), medians(yardsticks)];
  const spread = [median(ratios), Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
  const latencies = [we.p50, we.p99, we.p999].map((latency) => latency.toFixed(2));
  const theirs = [they.perSecond.toFixed(0), they.p99.toFixed(2), they.cpu.toFixed(1)];
  console.log(
    row(names[0], [names[1], we.perSecond.toFixed(0), ...latencies, we.cpu.toFixed(1), ...theirs, ...spread]),
  );
  return { ours: we, yardstick: they, ratio: median(ratios), count: ours.reduce((sum, { count }) => sum + count, 0) };
}

/** Runs the load on one server. */
export async function costing(server: Server, load: Omit<LoadOptions, 'address'>): Promise<Costing> {
  const before = server.cpu();
  const measured = await runLoad({ ...load, address: server.path });
  return { ...measured, cpu: (server.cpu() - before) / measured.count };
}

function medians(rounds: readonly Costing[]): Costing {
  const of = (name: keyof Costing): number => median(rounds.map((round) => round[name]));
  return {
    count: of('count'),
    perSecond: of('perSecond'),
    p50: of('p50'),
    p99: of('p99'),
    p999: of('p999'),
    cpu: of('cpu'),
  };
}
