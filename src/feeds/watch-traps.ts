// The traps of the configuration and of the traps files, which are read again when they change. A file that goes away or
// cannot be read keeps the traps it had.
import { type ChangedFile, changedFile } from '../lib/changed-file.ts';
import type { Clock } from '../lib/clock.ts';
import { causeOf } from '../lib/error-cause.ts';
import type { Log } from '../lib/log.ts';
import { startRepeating } from '../lib/repeat.ts';
import type { Mailbox } from '../policy/check.ts';
import { indexTraps, parseTraps, type Trap, type TrapIndex, type TrapKind } from './spamtraps.ts';

export interface TrapSources {
  readonly files: readonly string[];
  /** From hard_trap and soft_trap. */
  readonly configured: readonly Trap[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two looks at the files. */
const INTERVAL = 5000;
const SIZE_LIMIT = 16 * 1024 * 1024;
/** Bad lines that are named; the rest is counted. */
const NAMED = 20;

interface WatchedFile {
  readonly path: string;
  readonly file: ChangedFile;
  text: string;
  traps: readonly Trap[];
  problem: string;
}

/** The traps in force. */
export class Traps implements TrapIndex {
  readonly #sources: TrapSources;
  readonly #files: readonly WatchedFile[];
  #index: TrapIndex;

  constructor(sources: TrapSources) {
    this.#sources = sources;
    this.#files = sources.files.map((path) => ({
      path,
      file: changedFile(path, sources.clock, SIZE_LIMIT),
      text: '',
      traps: [],
      problem: '',
    }));
    this.#index = indexTraps(sources.configured);
  }

  get size(): number {
    return this.#index.size;
  }

  trapFor(recipient: Mailbox): TrapKind | undefined {
    return this.#index.trapFor(recipient);
  }

  /** Why files can't be read, of those that can't. */
  get problems(): readonly string[] {
    return this.#files.flatMap(({ problem }) => (problem === '' ? [] : [problem]));
  }

  /** Reads the files that changed. Problems go to the log, each once. */
  async refresh(): Promise<void> {
    let changed = false;
    for (const file of this.#files) changed = (await this.#refreshFile(file)) || changed;
    if (!changed) return;
    this.#index = indexTraps([...this.#sources.configured, ...this.#files.flatMap(({ traps }) => traps)]);
  }

  async #refreshFile(file: WatchedFile): Promise<boolean> {
    try {
      const text = await file.file.read();
      file.problem = '';
      return text !== undefined && this.#take(file, text);
    } catch (error) {
      const problem = causeOf(error);
      if (problem !== file.problem)
        this.#sources.log.event(0, 'traps file not read; its traps stay', { file: file.path, cause: problem });
      file.problem = problem;
      return false;
    }
  }

  #take(file: WatchedFile, text: string): boolean {
    if (text === file.text) return false;
    const { traps, badLines } = parseTraps(text);
    const { log } = this.#sources;
    file.text = text;
    file.traps = traps;
    log.event(0, 'traps file read', { file: file.path, traps: traps.length, bad: badLines.length });
    for (const { line, problem } of badLines.slice(0, NAMED))
      log.event(0, 'traps file', { file: file.path, line, problem });
    const more = badLines.length - NAMED;
    if (more > 0) log.event(0, 'traps file', { file: file.path, problem: `${more} more lines` });
    return true;
  }
}

/** Reads the files again whenever they change, until it is closed. */
export function watchTraps(traps: Pick<Traps, 'refresh'>, log: Log): AsyncDisposable {
  return startRepeating({
    work: () => traps.refresh(),
    interval: () => INTERVAL,
    onError: (error) => log.event(0, 'traps files not looked at', { cause: String(error) }),
  });
}
