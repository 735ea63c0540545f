// Valid tuples that were asked about lately, in memory: most mail is of these, and finding a row costs more than all the
// rest of a check. Whatever changes tuples in the database forgets them here, so it never differs from what is there.
import { RecentMap } from '../lib/recent-map.ts';
import type { TupleEntry } from '../policy/greylist.ts';
import type { Tuple } from '../policy/tuple.ts';

/** Tuples of the usual length that are kept; a long one takes the place of many. Some 10 MiB, whatever senders write. */
const MOST = 32_768;
/** Characters of a tuple of the usual length. */
const USUAL = 128;

export class ValidTuples {
  readonly #entries = new RecentMap<TupleEntry>(MOST, placesOf);

  find(tuple: Tuple): TupleEntry | undefined {
    return this.#entries.get(keyOf(tuple));
  }

  /** Notes a tuple that was read, if it is valid: a pending one changes with its next attempt. */
  note(tuple: Tuple, entry: TupleEntry): void {
    if (entry.state === 'valid') this.#entries.set(keyOf(tuple), entry);
  }

  forget(tuple: Tuple): void {
    this.#entries.delete(keyOf(tuple));
  }

  forgetAll(): void {
    this.#entries.clear();
  }
}

function placesOf(_entry: TupleEntry, key: string): number {
  return Math.ceil(key.length / USUAL);
}

/** Different tuples have different keys, whatever characters their parts hold. */
function keyOf({ client, sender, recipient }: Tuple): string {
  return `${client.length} ${sender.length} ${client}${sender}${recipient}`;
}
