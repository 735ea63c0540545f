// Follows a log file that grows, is rotated (renamed, or copied and truncated), or is not there yet. Each line is read
// once, over restarts too: the place is saved when the lines before it are dealt with. A backlog is read in blocks, and
// everything else gets its turn between them. Some blocks may be under way at a time: a report of a client whose name
// server is silent takes seconds.
import { stat } from 'node:fs/promises';
import type { Kept } from '../lib/kept.ts';
import type { Log } from '../lib/log.ts';
import { type Pause, startRepeating } from '../lib/repeat.ts';
import * as places from './file-place.ts';
import { BLOCK_SIZE, linesOf } from './line-blocks.ts';

/** Who reads the lines. */
export interface LineReader {
  /** Takes the next lines, perhaps while earlier ones are not dealt with yet. If it rejects, the lines come again. */
  take(lines: readonly string[]): Promise<void>;
  /** What must be known again to go on after the last lines given to `take`, whether dealt with or not. */
  context(): string;
  /** Goes on from such a context; the empty text is the start. */
  restore(context: string): void;
}

export interface FollowedFile {
  readonly path: string;
  readonly places: Kept<places.Place>;
  readonly reader: LineReader;
  readonly log: Log;
}

/** Milliseconds between two looks at the file. */
const INTERVAL = 1000;
/** Rounds without a new line before a renamed file is left for its successor: writers may still have it open. */
const QUIET_ROUNDS = 10;
/** Blocks under way at a time. */
const MOST_UNDER_WAY = 16;
/** Bytes of backlog between two lines of the log about it. */
const PROGRESS_STEP = 64 * 1024 * 1024;

/** Starts to follow the file, until it is closed. */
export function followFile(followed: FollowedFile): AsyncDisposable {
  const follower = new Follower(followed);
  const work = startRepeating({
    work: (pause) => follower.round(pause),
    interval: () => INTERVAL,
    onError: (error) => follower.tellFailure(String(error)),
  });
  return {
    [Symbol.asyncDispose]: async () => {
      await work[Symbol.asyncDispose]();
      await follower[Symbol.asyncDispose]();
    },
  };
}

/** Follows a file one round at a time. */
export class Follower implements AsyncDisposable {
  readonly #followed: FollowedFile;
  #begun = false;
  #place: places.Place | undefined;
  #file: places.OpenFile | undefined;
  /** The next byte is within a line that is too long. */
  #skipping = false;
  #missing = false;
  #quietRounds = 0;
  #failure = '';
  /** The places behind the blocks under way, each saved when all before it are. */
  #underWay: Promise<void>[] = [];

  constructor(followed: FollowedFile) {
    this.#followed = followed;
  }

  /** Reads all that is there. After an error the next round goes on from the last saved place. */
  async round(pause: Pause): Promise<void> {
    try {
      if (!this.#begun) await this.#begin();
      await this.#follow(pause);
      this.#failure = '';
    } catch (error) {
      this.#begun = false;
      await this.#move(undefined);
      throw error;
    }
  }

  /** Logs why a round failed; what fails in every round, once. */
  tellFailure(cause: string): void {
    const { path, log } = this.#followed;
    if (cause !== this.#failure) log.event(0, 'log file not read', { path, cause });
    this.#failure = cause;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#move(undefined);
  }

  async #begin(): Promise<void> {
    const { path, reader, log } = this.#followed;
    this.#place = await this.#followed.places.load();
    reader.restore(this.#place?.context ?? '');
    this.#begun = true;
    if (this.#place === undefined) return;
    const found = await places.findPlace(path, this.#place);
    if (found === undefined) log.event(0, 'place in log file lost', { path, offset: this.#place.offset });
    // The file of the place is packed or gone. The one after it may be there, unread; should it have been read, its
    // lines make the same reports again, which are dropped.
    await this.#move(found ?? (await places.openNewestRotated(path)));
  }

  async #follow(pause: Pause): Promise<void> {
    const { path } = this.#followed;
    if (this.#file === undefined) await this.#move(await places.openAtStart(path));
    if (await this.#wasTruncated()) await this.#moveAfterTruncation();
    const file = this.#file;
    this.#quietRounds = (await this.#readOn(pause)) ? 0 : this.#quietRounds + 1;
    if (!(await this.#wasReplaced()) || file === undefined) return;
    // A file that had its rotated name already when it was opened gets no more lines.
    if (file.path === path && this.#quietRounds < QUIET_ROUNDS) return;
    await this.#move(await places.openNext(path, file));
    await this.#follow(pause);
  }

  /** Whether there was anything new. */
  async #readOn(pause: Pause): Promise<boolean> {
    const start = this.#file?.offset ?? 0;
    let announced = start;
    try {
      while (this.#file !== undefined) {
        const full = await this.#readBlock(this.#file);
        if (!full) break;
        if (this.#file.offset - announced >= PROGRESS_STEP) announced = await this.#tellProgress(this.#file);
        if (this.#underWay.length >= MOST_UNDER_WAY) await this.#underWay.shift();
        await pause(0);
      }
      await this.#underWay.at(-1);
    } finally {
      // Also after an error, which closes the file.
      await Promise.allSettled(this.#underWay);
      this.#underWay = [];
    }
    return this.#file !== undefined && this.#file.offset > start;
  }

  /** Whether there may be more. */
  async #readBlock(file: places.OpenFile): Promise<boolean> {
    const { buffer, bytesRead } = await file.handle.read(Buffer.allocUnsafe(BLOCK_SIZE), 0, BLOCK_SIZE, file.offset);
    const { lines, used, skipping } = linesOf(buffer.subarray(0, bytesRead), this.#skipping);
    const behind = { ...file, offset: file.offset + used };
    this.#file = behind;
    this.#skipping = skipping;
    const { reader } = this.#followed;
    const taken = lines.length > 0 ? reader.take(lines) : Promise.resolve();
    const place = used > 0 && !skipping ? placeAt(behind, reader.context()) : undefined;
    const saved = Promise.all([place, taken, this.#underWay.at(-1)]).then(([it]) => it && this.#save(it));
    // An error is for who waits for the last block under way.
    saved.catch(() => {});
    this.#underWay.push(saved);
    return bytesRead === BLOCK_SIZE;
  }

  async #save(place: places.Place): Promise<void> {
    this.#place = place;
    await this.#followed.places.save(place);
  }

  async #wasTruncated(): Promise<boolean> {
    const [file, place] = [this.#file, this.#place];
    if (file === undefined || place?.inode !== file.inode || file.offset < place.offset) return false;
    return (await places.fingerprint(file.handle, place.offset)) !== place.fingerprint;
  }

  // The lines that were written between our last look and the truncation are in the copy, if there is one.
  async #moveAfterTruncation(): Promise<void> {
    const { path, log } = this.#followed;
    const copy = this.#place && (await places.findPlace(path, this.#place));
    log.event(1, 'log file emptied', { path, copy: copy?.path });
    await this.#move(copy ?? (await places.openAtStart(path)));
  }

  async #wasReplaced(): Promise<boolean> {
    const { path, log } = this.#followed;
    const now = await stat(path, { bigint: true }).catch(places.ignoreMissing);
    const missing = now === undefined;
    if (missing !== this.#missing) log.event(0, missing ? 'log file missing' : 'log file is back', { path });
    this.#missing = missing;
    return now !== undefined && this.#file !== undefined && String(now.ino) !== this.#file.inode;
  }

  async #move(next: places.OpenFile | undefined): Promise<void> {
    await this.#file?.handle.close();
    this.#file = next;
    this.#skipping = false;
    this.#quietRounds = 0;
    if (next !== undefined) this.#followed.log.event(1, 'log file', { path: next.path, offset: next.offset });
  }

  async #tellProgress({ handle, path, offset }: places.OpenFile): Promise<number> {
    const { size } = await handle.stat();
    this.#followed.log.event(0, 'log file under way', { path, read: offset, size });
    return offset;
  }
}

async function placeAt({ handle, inode, offset }: places.OpenFile, context: string): Promise<places.Place | undefined> {
  const before = await places.fingerprint(handle, offset);
  return before === undefined ? undefined : { inode, offset, fingerprint: before, context };
}
