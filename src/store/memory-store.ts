// The memory in plain maps: for tests, and the reference that other stores are compared with. It survives nothing.
import type { Seconds } from '../policy/check.ts';
import type { Recalled } from '../policy/decide.ts';
import type { BadCounts, GoodCounts } from '../policy/facts.ts';
import { REFRESH_AFTER, type StoredTuple, type TupleCounts, type TupleState } from '../policy/greylist.ts';
import type { ManualEntry } from '../policy/manual-entry.ts';
import type { Pass, PassKey } from '../policy/pass.ts';
import type { NumberedReport, StoredReport } from '../policy/report.ts';
import { isPlain, kindOf, type Standing } from '../policy/standing.ts';
import type { Tuple } from '../policy/tuple.ts';
import { clientQuery, meansClient } from './client-query.ts';
import { MemoryReports } from './memory-reports.ts';
import { MemoryTuples } from './memory-tuples.ts';
import { packAddress } from './packed-address.ts';
import { inPieces } from './pieces.ts';
import type {
  EntryNews,
  Lifetimes,
  PassCandidate,
  Recall,
  Remembrance,
  ReportOrder,
  ReportQuery,
  StandingQuery,
  Store,
  Stored,
  TupleQuery,
} from './store.ts';
import { newestFirst, tupleMatcher } from './tuple-query.ts';

export class MemoryStore implements Store {
  readonly #tuples = new MemoryTuples();
  readonly #passes = new Map<string, Pass>();
  readonly #entries = new Map<string, ManualEntry>();
  readonly #reports: MemoryReports;
  readonly #standings = new Map<string, Standing>();
  readonly #places = new Map<string, string>();

  constructor(firstOwnId = 1) {
    this.#reports = new MemoryReports(firstOwnId);
  }

  async recall(recall: Recall): Promise<Recalled> {
    const passes = recall.passes.flatMap((key) => this.#passes.get(passKey(key)) ?? []);
    const tuples = this.#tuples;
    return {
      ...tuples.recall(recall),
      pass: passes.find(({ lastSeen }) => lastSeen >= recall.passesSince) ?? passes[0],
      get pendingOfClient() {
        return tuples.pendingOf(recall.client);
      },
    };
  }

  async remember(remembrance: Remembrance, now: Seconds): Promise<void> {
    this.#tuples.remember(remembrance, now);
  }

  async refreshPass(key: PassKey, now: Seconds): Promise<void> {
    const known = this.#passes.get(passKey(key));
    if (known !== undefined && known.lastSeen + REFRESH_AFTER < now)
      this.#passes.set(passKey(key), { ...known, lastSeen: now, uses: known.uses + 1 });
  }

  async addPass(pass: Pass): Promise<void> {
    this.#passes.set(passKey(pass), pass);
  }

  async forget(what: { readonly tuples?: readonly Tuple[]; readonly passes?: readonly PassKey[] }): Promise<number> {
    const { tuples = [], passes = [] } = what;
    return (
      tuples.filter((tuple) => this.#tuples.forget(tuple)).length +
      passes.filter((key) => this.#passes.delete(passKey(key))).length
    );
  }

  async expire(lifetimes: Lifetimes, now: Seconds, most: number): Promise<number> {
    let left = most;
    left -= this.#tuples.expire(lifetimes, now, left);
    left -= removeEnded(this.#passes, ({ lastSeen }) => lastSeen + lifetimes.pass, now, left);
    left -= this.#reports.expire(lifetimes, now, left);
    const plainEnd = (one: Standing): Seconds => (isPlain(one) ? one.expires + lifetimes.plainStanding : Infinity);
    left -= removeEnded(this.#standings, plainEnd, now, left);
    left -= removeEnded(this.#standings, ({ expires }) => expires + lifetimes.report, now, left);
    left -= removeEnded(this.#entries, ({ expires }) => expires, now, left);
    return most - left;
  }

  async *passCandidates(before: Seconds, uses: number): AsyncGenerator<readonly PassCandidate[], void> {
    const pairs = Map.groupBy(this.#tuples.candidates(before), ({ owner, senderDomain }) =>
      passKey({ client: owner, domain: senderDomain }),
    );
    const without = [...pairs].filter(([pair]) => !this.#passes.has(pair)).map(([, those]) => those);
    yield* inPieces(without.filter((those) => usesOf(those) >= uses).flat());
  }

  async *validTuplesOf(clients: readonly string[]): AsyncGenerator<readonly StoredTuple[], void> {
    yield* inPieces(this.#tuples.validOf(clients));
  }

  async tuples({ text, limit }: TupleQuery): Promise<readonly StoredTuple[]> {
    return this.#tuples.all().filter(tupleMatcher(text)).toSorted(newestFirst).slice(0, limit);
  }

  async *exportTuples(state: TupleState, after: Seconds): AsyncGenerator<readonly StoredTuple[], void> {
    yield* inPieces(this.#tuples.all().filter((stored) => stored.state === state && stored.lastSeen > after));
  }

  async *exportPasses(after: Seconds): AsyncGenerator<readonly Pass[], void> {
    yield* inPieces([...this.#passes.values()].filter(({ lastSeen }) => lastSeen > after));
  }

  async importTuples(tuples: readonly StoredTuple[]): Promise<number> {
    for (const { client } of tuples) packAddress(client);
    return tuples.filter((stored) => this.#tuples.import(stored)).length;
  }

  async importPasses(passes: readonly Pass[]): Promise<number> {
    return passes.filter((pass) => {
      const known = this.#passes.get(passKey(pass));
      const taken = known === undefined || known.lastSeen < pass.lastSeen;
      if (taken) this.#passes.set(passKey(pass), pass);
      return taken;
    }).length;
  }

  async count(): Promise<TupleCounts> {
    const all = this.#tuples.all();
    const pending = all.filter(({ state }) => state === 'pending').length;
    return { pending, valid: all.length - pending };
  }

  async entries(): Promise<readonly ManualEntry[]> {
    return [...this.#entries.values()].toSorted((a, b) => compare(a.subject, b.subject));
  }

  async putEntry(entry: ManualEntry): Promise<void> {
    this.#entries.set(entry.subject, entry);
  }

  async removeEntry(subject: string): Promise<boolean> {
    return this.#entries.delete(subject);
  }

  async addReport(report: StoredReport): Promise<Stored> {
    packAddress(report.ip);
    return this.#reports.add(report);
  }

  async assignGood(ip: string, identity: string, most: number): Promise<number> {
    return this.#reports.assignGood(ip, identity, most);
  }

  async countReports(query: ReportQuery): Promise<{ readonly bad: BadCounts; readonly good: GoodCounts }> {
    return this.#reports.count(query);
  }

  async firstGood(query: Omit<ReportQuery, 'ip'>): Promise<GoodCounts['first']> {
    return this.#reports.count({ ...query, ip: '' }).good.first;
  }

  async countedReports(query: ReportQuery, most: number): Promise<readonly StoredReport[]> {
    return this.#reports.counted(query, most);
  }

  async reportsAfter(id: number, limit: number): Promise<readonly NumberedReport[]> {
    return this.#reports.after(id, limit);
  }

  async reportIdBefore(stored: Seconds): Promise<number> {
    return this.#reports.idBefore(stored);
  }

  async *reports(text: string | undefined, order?: ReportOrder): AsyncGenerator<readonly StoredReport[], void> {
    const newestFirst = this.#reports.list(text);
    yield* inPieces(order === 'oldest first' ? newestFirst.toReversed() : newestFirst);
  }

  async newestEntryReport(ip: string, mtaId: string, since: Seconds): Promise<EntryNews | undefined> {
    return this.#reports.newestEntryReport(ip, mtaId, since);
  }

  async wasAccepted(ip: string, mtaId: string): Promise<boolean> {
    return this.#reports.wasAccepted(ip, mtaId);
  }

  async badClientsAfter(id: number): Promise<readonly string[]> {
    return this.#reports.badClientsAfter(id);
  }

  async standing(ip: string): Promise<Standing | undefined> {
    return this.#standings.get(ip);
  }

  async saveStanding(standing: Standing): Promise<void> {
    this.#standings.set(standing.ip, standing);
  }

  async removeStandings(text: string): Promise<number> {
    const query = clientQuery(text);
    const doomed = [...this.#standings.values()].filter(({ ip, identity }) => meansClient(query, ip, identity));
    for (const { ip } of doomed) this.#standings.delete(ip);
    return doomed.length;
  }

  async *standings({ text, kinds, now }: StandingQuery): AsyncGenerator<readonly Standing[], void> {
    const query = clientQuery(text);
    const found = [...this.#standings.values()].filter(
      (it) => it.expires > now && kinds.includes(kindOf(it.class)) && meansClient(query, it.ip, it.identity),
    );
    yield* inPieces(found.toSorted(byIdentity));
  }

  async place(name: string): Promise<string | undefined> {
    return this.#places.get(name);
  }

  async savePlace(name: string, value: string): Promise<void> {
    this.#places.set(name, value);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function passKey({ client, domain }: PassKey): string {
  return JSON.stringify([client, domain]);
}

function usesOf(candidates: readonly PassCandidate[]): number {
  return candidates.reduce((sum, { uses }) => sum + uses, 0);
}

/** Removes at most `most` that ended before `now`, the oldest first; returns how many. */
function removeEnded<T>(from: Map<string, T>, endOf: (value: T) => Seconds, now: Seconds, most: number): number {
  const ended = [...from].map(([key, value]) => ({ key, end: endOf(value) })).filter(({ end }) => end < now);
  const doomed = ended.toSorted((a, b) => a.end - b.end || compare(a.key, b.key)).slice(0, most);
  for (const { key } of doomed) from.delete(key);
  return doomed.length;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By identity, then address: IPv4 before IPv6, each in numerical order. */
function byIdentity(a: Standing, b: Standing): number {
  const [first, second] = [packAddress(a.ip), packAddress(b.ip)];
  return compare(a.identity, b.identity) || first.length - second.length || Buffer.compare(first, second);
}
