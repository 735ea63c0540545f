// The verbs for what is entered by hand:
//   entries                                  the entries that count now
//   white [local] SUBJECT SECONDS AUTHOR [REASON...]
//                                            makes the entry of an address, network or domain, or replaces it; the
//                                            entry, with the one that there `was`, and `trusted` if it has no effect
//   black [local] SUBJECT SECONDS AUTHOR [REASON...]
//   forget SUBJECT                           removes it; if there is none, all that is remembered of the subject; what
//                                            was removed; `shared`: a network whose other clients' attempts were
//                                            among that
// Peers are told of entries, unless they are local, and of removed ones.
import type { ManualList } from '../engine/manual-list.ts';
import type { Standings } from '../engine/standings.ts';
import { type Clock, seconds } from '../lib/clock.ts';
import type { Address } from '../policy/address.ts';
import type { StoredTuple, TupleState } from '../policy/greylist.ts';
import { LONGEST_ENTRY, type ManualEntry } from '../policy/manual-entry.ts';
import type { Pass, PassKey } from '../policy/pass.ts';
import { LONGEST_FIELD } from '../policy/report.ts';
import { LONGEST_REASON, type SharedEntry } from '../policy/shared-entry.ts';
import { coversPass, coversTuple, type Subject } from '../policy/subject.ts';
import type { Tuple } from '../policy/tuple.ts';
import { item, needSubject } from './local-arguments.ts';
import type { Entered, Forgotten } from './sync-protocol.ts';
import { listDocument, type Verb, type Verbs } from './sync-verb.ts';

/** What is needed of the store. */
export interface Forgetting {
  exportTuples(state: TupleState, after: number): AsyncIterable<readonly StoredTuple[]>;
  exportPasses(after: number): AsyncIterable<readonly Pass[]>;
  forget(what: { readonly tuples?: readonly Tuple[]; readonly passes?: readonly PassKey[] }): Promise<number>;
}

export interface EntryParts {
  readonly manual: Pick<ManualList, 'list' | 'change' | 'put' | 'remove' | 'timeOfChange'>;
  readonly standings: Pick<Standings, 'remove'>;
  readonly store: Forgetting;
  readonly clock: Clock;
  /** Whether the configuration trusts the client, whatever is entered about it. */
  readonly isTrusted: (client: Address) => boolean;
  /** Tells the peers, if there are any. */
  readonly share: (shared: SharedEntry) => Promise<void>;
}

/** Tuples that are removed at once, so that checks find their turn between. */
const STEP = 100;

/** What somebody wants to enter. */
interface Wish extends Pick<ManualEntry, 'subject' | 'kind' | 'author' | 'reason'> {
  readonly duration: number;
  readonly local: boolean;
}

const enter = (kind: ManualEntry['kind']): Verb<EntryParts> => {
  return async (parts, words) => {
    const local = words[0] === 'local';
    const [text, duration = '', author, ...reason] = local ? words.slice(1) : words;
    const subject = needSubject(text);
    if (author === undefined) throw new Error('arguments missing');
    if (!/^[1-9]\d*$/.test(duration)) throw new Error(`${duration} is not a number of seconds`);
    if (Number(duration) > LONGEST_ENTRY) throw new Error(`an entry lasts at most ${LONGEST_ENTRY} seconds`);
    const because = reason.join(' ') || 'no reason given';
    needFitting('reason', because, LONGEST_REASON);
    needFitting('author', author, LONGEST_FIELD);
    const wish = { subject: subject.text, kind, author, reason: because, duration: Number(duration), local };
    const entered = await parts.manual.change(() => make(parts, wish));
    const trusted = subject.kind === 'address' && parts.isTrusted(subject.address);
    return item(trusted ? { ...entered, trusted } : entered);
  };
};

/** Makes the entry, and tells the peers. */
async function make(
  { manual, clock, share }: EntryParts,
  { duration, local, ...wish }: Wish,
): Promise<Omit<Entered, 'trusted'>> {
  const { subject } = wish;
  const was = manual.list().find((entry) => entry.subject === subject);
  const time = await manual.timeOfChange(subject);
  const expires = seconds(clock) + duration;
  // The report of the new entry is kept for a shorter time than that of the old one: a server that begins to read
  // between those times would take the old entry for the one that counts. So peers are told that it was removed.
  const ended = !local && was !== undefined && was.expires > expires ? was.expires : undefined;
  const entry = { ...wish, made: ended === undefined ? time : time + 1, expires };
  await manual.put(entry);
  if (ended !== undefined) await share({ kind: 'removed', subject, time, expires: ended });
  if (!local) await share({ kind: 'put', entry });
  return { ...entry, was };
}

/** Throws if the text is longer than other servers take. */
function needFitting(what: string, text: string, most: number): void {
  if (text.length > most) throw new Error(`the ${what} has ${text.length} characters, at most ${most} are allowed`);
}

const forget: Verb<EntryParts> = async (parts, [text]) => {
  const subject = needSubject(text);
  if (await parts.manual.change(() => removeEntry(parts, subject.text))) {
    // Only the entry: to take it back must not cost what all the clients under it have earned.
    const entryAlone: Forgotten = { entries: 1, standings: 0, tuples: 0, passes: 0 };
    return item(entryAlone);
  }
  const forgotten: Forgotten = {
    entries: 0,
    standings: await parts.standings.remove(subject.text),
    ...(await forgetTuples(parts, subject)),
    passes: await forgetPasses(parts, subject),
  };
  return item(forgotten);
};

/** Removes the entry, and tells the peers; whether there was one. */
async function removeEntry({ manual, share }: EntryParts, subject: string): Promise<boolean> {
  const time = await manual.timeOfChange(subject);
  const removed = await manual.remove(subject);
  if (removed !== undefined) await share({ kind: 'removed', subject, time, expires: removed.expires });
  return removed !== undefined;
}

/**
 * Removes the tuples of a subject. They are not taken from a listing: that has an end, and for a domain it has senders and
 * recipients of that domain, too.
 */
async function forgetTuples({ store }: EntryParts, subject: Subject): Promise<Pick<Forgotten, 'tuples' | 'shared'>> {
  let forgotten = 0;
  let shared: string | undefined;
  for (const state of ['pending', 'valid'] as const) {
    for await (const stored of store.exportTuples(state, 0)) {
      const tuples = stored.filter((tuple) => coversTuple(subject, tuple));
      if (subject.kind === 'address') shared ??= tuples.find(({ client }) => client !== subject.text)?.tuple.client;
      for (let start = 0; start < tuples.length; start += STEP)
        forgotten += await store.forget({ tuples: tuples.slice(start, start + STEP).map(({ tuple }) => tuple) });
    }
  }
  return { tuples: forgotten, ...(shared !== undefined && { shared }) };
}

async function forgetPasses({ store }: EntryParts, subject: Subject): Promise<number> {
  let forgotten = 0;
  for await (const passes of store.exportPasses(0))
    forgotten += await store.forget({ passes: passes.filter((pass) => coversPass(subject, pass)) });
  return forgotten;
}

export const ENTRY_COMMANDS: Verbs<EntryParts> = new Map<string, Verb<EntryParts>>([
  ['entries', ({ manual }) => listDocument(async () => manual.list())],
  ['white', enter('white')],
  ['black', enter('black')],
  ['forget', forget],
]);
