// Says when no file descriptor is left. New connections are closed then before anything of the program hears of them (by libuv,
// so that the system does not offer them again and again), and mail servers that get no answer let mail pass.
import { closeSync, openSync } from 'node:fs';
import type { Counters } from './counters.ts';
import { errorCode } from './error-cause.ts';
import type { Log } from './log.ts';
import { createTrouble } from './trouble.ts';

export interface DescriptorWatch {
  readonly log: Log;
  readonly counters: Counters;
  /** Takes a descriptor and gives it back; throws as the system does. */
  readonly tryOne?: () => void;
}

/** Seconds between two looks. */
const INTERVAL = 5;

/** Looks until it is disposed of. */
export function watchDescriptors({ log, counters, tryOne = openNothing }: DescriptorWatch): Disposable {
  const trouble = createTrouble({ name: 'sockets', log, counters, interval: INTERVAL });
  const looking = setInterval(() => {
    trouble.sweep();
    try {
      tryOne();
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EMFILE' || code === 'ENFILE')
        trouble.report('no file descriptor left', `${code}: new connections are closed`);
    }
  }, INTERVAL * 1000).unref();
  return { [Symbol.dispose]: () => clearInterval(looking) };
}

function openNothing(): void {
  closeSync(openSync('/dev/null', 'r'));
}
