// Makes the tuples of the workload `repeat` pass: a first attempt, and a retry after the delay of a second.
import { setTimeout as sleep } from 'node:timers/promises';
import { GREYLIST, type LoadOptions, runLoad } from './load.ts';
import { KNOWN_TUPLES } from './workloads.ts';

/** Asks about each of them once, waits, and asks again. `delay` in milliseconds. */
export async function makeKnown(
  address: string | number,
  form: LoadOptions['form'] = GREYLIST,
  delay = 1100,
): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    const supply = KNOWN_TUPLES.values();
    const next = (): string => supply.next().value ?? '';
    await runLoad({ address, connections: 16, seconds: 0, form, next, questions: KNOWN_TUPLES.length });
    await sleep(delay);
  }
}
