// The policy file in force. It is read again when it changes; a broken new version is refused, its lines are named in the
// log, and the one before stays.
import { setTimeout as sleep } from 'node:timers/promises';
import { changedFile } from '../lib/changed-file.ts';
import type { Clock } from '../lib/clock.ts';
import { causeOf } from '../lib/error-cause.ts';
import type { Log } from '../lib/log.ts';
import { type Pause, startRepeating } from '../lib/repeat.ts';
import { type Policy, type PolicyReading, readPolicyWithPauses } from '../policy/rules.ts';

export interface PolicyFileParts {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each version that is in force from now on. */
  readonly onPolicy: (policy: Policy) => void;
}

/** Milliseconds between two looks at the file. */
const INTERVAL = 5000;
/** A line of a policy file takes less than 100 bytes; a million of them is more than anybody has. */
const SIZE_LIMIT = 100 * 1024 * 1024;
/** Problems that are named; the rest is counted. */
const NAMED = 20;

export interface PolicyFile extends AsyncDisposable {
  /** Reads the file now, if it has changed. Rejects, naming its lines as the log does, while what it says is not in force. */
  read(): Promise<void>;
  /** Reads the file now, too: why what it says is not in force, or undefined if it is. */
  problem(): Promise<string | undefined>;
}

/** Reads the policy file and follows its changes until it is closed. Throws, naming its lines, if it is broken now. */
export async function followPolicyFile(parts: PolicyFileParts): Promise<PolicyFile> {
  const { path, log } = parts;
  const load = loader(parts);
  await load(() => Promise.resolve());
  let trouble = '';
  const refuse = (error: unknown): void => {
    const cause = causeOf(error);
    if (cause !== trouble) log.event(0, 'policy file not read; the one before stays', { file: path, cause });
    trouble = cause;
  };
  const following = startRepeating({
    work: async (pause: Pause) => {
      await load(() => pause(1));
      trouble = '';
    },
    interval: () => INTERVAL,
    onError: refuse,
  });
  const loadNow = (): Promise<void> => load(() => sleep(1));
  return {
    read: async () => {
      // Who asks is told, whether the log has it already or not.
      trouble = '';
      try {
        await loadNow();
      } catch (error) {
        refuse(error);
        throw error;
      }
    },
    problem: () => loadNow().then(() => undefined, causeOf),
    [Symbol.asyncDispose]: () => following[Symbol.asyncDispose](),
  };
}

/** Puts in force what the file says now; throws while that is broken, whether it has changed since or not. */
function loader(parts: PolicyFileParts): (pause: () => Promise<void>) => Promise<void> {
  const file = changedFile(parts.path, parts.clock, SIZE_LIMIT);
  let known: string | undefined;
  let outcome: () => void = () => {};
  const load = async (pause: () => Promise<void>): Promise<void> => {
    const text = await file.read();
    if (text === undefined || text === known) return outcome();
    const reading = await readPolicyWithPauses(text, pause);
    known = text;
    outcome = outcomeOf(parts, reading);
    outcome();
  };
  let last: Promise<void> = Promise.resolve();
  // One reading after the other: who asks while the file is being read would else be told that it is in force already.
  return (pause) => {
    const loaded = last.then(() => load(pause));
    last = loaded.catch(() => {});
    return loaded;
  };
}

/** Puts a reading in force; returns what is to be said of it from now on, which throws if it was refused. */
function outcomeOf({ path, log, onPolicy }: PolicyFileParts, reading: PolicyReading): () => void {
  const describe = (problems: readonly { readonly line: number; readonly message: string }[]): string[] => {
    const named = problems.slice(0, NAMED).map(({ line, message }) => `${path}:${line}: ${message}`);
    const more = problems.length - named.length;
    return more > 0 ? [...named, `and ${more} more`] : named;
  };
  if (reading.kind === 'broken') {
    const { errors } = reading;
    return () => {
      throw new Error(describe(errors).join('\n'));
    };
  }
  for (const problem of describe(reading.warnings)) log.event(0, 'policy file', { problem });
  log.event(0, 'policy file read', { file: path });
  onPolicy(reading.policy);
  return () => {};
}
