// What is white or black by hand: kept by the store, looked up in memory, since every check asks.
import { atMost } from '../lib/at-most.ts';
import { type Clock, seconds } from '../lib/clock.ts';
import { ownText } from '../lib/own-text.ts';
import type { Address } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import { indexManualEntries, type ManualEntries } from '../policy/manual-entries.ts';
import type { ManualEntry } from '../policy/manual-entry.ts';
import { reportedAddress, type SharedEntry } from '../policy/shared-entry.ts';
import type { Store } from '../store/store.ts';

export interface ManualList {
  /** The entry that counts for a client with these names now. */
  find(client: Address, names: readonly (string | undefined)[]): ManualEntry | undefined;
  /** The entries that count now. */
  list(): readonly ManualEntry[];
  /** Creates or replaces the entry of a subject; resolves when it is kept. */
  put(entry: ManualEntry): Promise<void>;
  /** The entry that there was, unless it was past its time. */
  remove(subject: string): Promise<ManualEntry | undefined>;
  /**
   * Does the work that finds out when a change counts as made, makes it, and tells the peers. No other change comes
   * between: of two with the same time, this server could have another one than its peers.
   */
  change<T>(work: () => Promise<T>): Promise<T>;
  /** When a change of a subject's entry now counts as made: later than all before, whichever server's clock made those. */
  timeOfChange(subject: string): Promise<Seconds>;
  /** Makes the change that another server's administrator has made, unless a later one of that subject is known here. */
  takeOver(shared: SharedEntry): Promise<void>;
  /** Whether an entry of another server may be taken over: there are not too many, or there is one of that subject already. */
  hasRoomFor(subject: string): boolean;
  /** Removes those that are past their time by then. */
  expire(now: Seconds): Promise<void>;
}

/**
 * Entries with which no more are taken over: all are in memory, with up to 1.5 KB each, and another server may have
 * gone bad.
 */
const MOST = 100_000;

/** The list as the store has it; when it has `most`, no others are taken over. */
export async function openManualList(store: Store, clock: Clock, most: number = MOST): Promise<ManualList> {
  const entries = new Map((await store.entries()).map((entry) => [entry.subject, entry]));
  let indexed = seconds(clock);
  let index: ManualEntries = indexManualEntries([...entries.values()], indexed);
  const renew = (): void => {
    indexed = seconds(clock);
    index = indexManualEntries([...entries.values()], indexed);
  };
  const isLive = ({ expires }: ManualEntry): boolean => expires > seconds(clock);
  // One change after the other: what a change is decided by must stay so until the change is kept.
  const inTurn = atMost(1, (change: () => Promise<ManualEntry | undefined>) => change());
  // A whole change by hand, or one that a peer tells of, which consists of one or more of those.
  const oneByOne = atMost(1, (work: () => Promise<unknown>) => work());
  const remove = async (subject: string): Promise<ManualEntry | undefined> => {
    const removed = entries.get(subject);
    await store.removeEntry(subject);
    entries.delete(subject);
    index.remove(subject);
    return removed !== undefined && isLive(removed) ? removed : undefined;
  };
  const put = async (entry: ManualEntry): Promise<undefined> => {
    await store.putEntry(entry);
    const own = inOwnTexts(entry);
    entries.set(own.subject, own);
    index.put(own);
  };
  const takeOver = async (shared: SharedEntry): Promise<ManualEntry | undefined> => {
    const subject = shared.kind === 'put' ? shared.entry.subject : shared.subject;
    if (shared.kind === 'put' && (await isOutdated(store, shared.entry))) return undefined;
    if (isNewer(entries.get(subject), shared)) return undefined;
    // An entry that has ended meanwhile has replaced the one before all the same.
    return shared.kind === 'put' && isLive(shared.entry) ? put(shared.entry) : remove(subject);
  };
  const removeEnded = async (subject: string, now: Seconds): Promise<ManualEntry | undefined> => {
    const entry = entries.get(subject);
    return entry === undefined || entry.expires > now ? undefined : remove(subject);
  };
  return {
    find: (client, names) => {
      const now = seconds(clock);
      // An entry past its time must not hide that of the network or domain around it until maintenance comes by; and if the
      // clock was ahead for a while, it is not past its time.
      if (index.until <= now || now < indexed) renew();
      return index.find(client, names);
    },
    list: () => [...entries.values()].filter(isLive),
    put: async (entry) => {
      await inTurn(() => put(entry));
    },
    remove: (subject) => inTurn(() => remove(subject)),
    change: <T>(work: () => Promise<T>) => oneByOne(work) as Promise<T>,
    timeOfChange: (subject) => timeOfChange(store, { subject, made: entries.get(subject)?.made, now: seconds(clock) }),
    takeOver: async (shared) => {
      await oneByOne(() => inTurn(() => takeOver(shared)));
    },
    hasRoomFor: (subject) => entries.size < most || entries.has(subject),
    expire: async (now) => {
      for (const [subject, { expires }] of entries) if (expires <= now) await inTurn(() => removeEnded(subject, now));
    },
  };
}

/** The entry with texts that hold nothing else of what a peer sent with them (own-text.ts): there may be many entries. */
function inOwnTexts(entry: ManualEntry): ManualEntry {
  const { subject, author, reason } = entry;
  return { ...entry, subject: ownText(subject), author: ownText(author), reason: ownText(reason) };
}

/** A time that is not before `now`, and later than all changes of the subject that are known. */
async function timeOfChange(
  store: Store,
  { subject, made, now }: { readonly subject: string; readonly made: Seconds | undefined; readonly now: Seconds },
): Promise<Seconds> {
  const told = await store.newestEntryReport(reportedAddress(subject), subject, now);
  const before = [made, told?.time].filter((time) => time !== undefined);
  return Math.max(now, ...before.map((time) => time + 1));
}

/** Whether a later change of the entry is known, be it that it has been removed again. */
async function isOutdated(store: Store, { subject, made }: ManualEntry): Promise<boolean> {
  const newest = await store.newestEntryReport(reportedAddress(subject), subject, made);
  return newest !== undefined && (newest.time > made || newest.event === 'entry_removed');
}

/** Whether the entry that is there is newer than the change. Of two of the same second, all servers take the same one. */
function isNewer(known: ManualEntry | undefined, shared: SharedEntry): boolean {
  if (known === undefined) return false;
  if (shared.kind === 'removed') return known.made > shared.time;
  const { entry } = shared;
  return known.made === entry.made ? JSON.stringify(known) > JSON.stringify(entry) : known.made > entry.made;
}
