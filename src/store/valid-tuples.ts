// Valid tuples that were asked about lately, in memory: most mail is of these, and finding a row costs more than all the
// rest of a check. Whatever changes tuples in the database forgets them here, so it never differs from what is there.
import { RecentMap } from '../lib/recent-map.ts';
import type { TupleEntry } from '../policy/greylist.ts';
import type { Tuple } from '../policy/tuple.ts';

/** Some 10 MiB when all of them are there. */
const MOST = 32_768;

export class ValidTuples {
  readonly #entries = new RecentMap<string, TupleEntry>(MOST);

  find(tuple: Tuple): TupleEntry | undefined {
    return this.#entries.get(keyOf(tuple));
  }

  /** Notes what was read, if it is valid: pending ones change with their next attempt. */
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

/** Different tuples have different keys, whatever characters their parts hold. */
function keyOf({ client, sender, recipient }: Tuple): string {
  return `${client.length} ${sender.length} ${client}${sender}${recipient}`;
}
