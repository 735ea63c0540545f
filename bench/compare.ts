// The same load on ddgreyd and on the constant server, one right after the other, as a line of a table.
import { type LoadOptions, type Measured, runLoad } from './load.ts';
import { row } from './table.ts';

export const HEADINGS: readonly string[] = [
  'workload',
  'ddgrey/s',
  'p50 ms',
  'p99',
  'p99.9',
  'constant/s',
  'p50 ms',
  'p99',
  'p99.9',
  'ratio',
];

export interface Comparison extends Omit<LoadOptions, 'path'> {
  /** The line's first words, and the workload. */
  readonly names: readonly [line: string, workload: string];
  readonly ddgrey: { readonly path: string };
  readonly constant: { readonly path: string };
}

/** Measures both and prints the line; what ddgrey did. The ratio is ddgrey's checks a second to the constant's answers. */
export async function compare({ names, ddgrey, constant, ...load }: Comparison): Promise<Measured> {
  const yardstick = await runLoad({ ...load, path: constant.path });
  const ours = await runLoad({ ...load, path: ddgrey.path });
  const ratio = (ours.perSecond / yardstick.perSecond).toFixed(2);
  console.log(row(names[0], [names[1], ...figures(ours), ...figures(yardstick), ratio]));
  return ours;
}

function figures({ perSecond, latencies }: Measured): readonly string[] {
  return [perSecond.toFixed(0), ...[0.5, 0.99, 0.999].map((share) => latencies.percentile(share).toFixed(2))];
}
