// The standings of clients: remembered, computed when there is none, computed again when something could change it. Never
// twice at the same time for one client.
import { canSayDynamic } from '../dns/lists.ts';
import { seconds } from '../lib/clock.ts';
import { inTime } from '../lib/in-time.ts';
import type { Log } from '../lib/log.ts';
import type { MaybePromise } from '../lib/maybe-promise.ts';
import { Pace } from '../lib/pace.ts';
import { UnderWay } from '../lib/under-way.ts';
import { type Address, parseAddress } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import { COUNT_LIMIT } from '../policy/points.ts';
import { rememberedName } from '../policy/remembered-facts.ts';
import type { StoredReport } from '../policy/report.ts';
import { describeReasons, type Standing } from '../policy/standing.ts';
import { GoodMail } from './good-mail.ts';
import { ClientJudge, type JudgeParts, type JudgeSettings } from './judge-client.ts';
import { KeptStandings } from './kept-standings.ts';
import { type Findings, type LookupParts, lookUpClient } from './look-up-client.ts';

export interface StandingSettings extends JudgeSettings {
  /** How long a check waits for all lookups together. */
  readonly lookupDeadline: Seconds;
}

export interface StandingParts extends LookupParts, JudgeParts {
  readonly log: Log;
  readonly settings: () => StandingSettings;
}

/** What is found about a client, the standing that it has or would get, and the newest reports that count for that. */
export interface StandingPreview {
  readonly standing: Standing;
  readonly findings: Findings;
  readonly reports: readonly StoredReport[];
}

type CountedReport = Pick<StoredReport, 'ip' | 'event' | 'time' | 'domain'>;

/** Standings a minute that are computed because of reports: some hundredths of the time that there is. */
const RENEWALS = 12_000;
/** Milliseconds: as many standings as are due in this time may be computed at once. */
const AT_ONCE = 1000;

export class Standings {
  readonly #parts: StandingParts;
  readonly #kept: KeptStandings;
  readonly #good: GoodMail;
  readonly #judge: ClientJudge;
  readonly #computing = new Map<string, Promise<Standing>>();
  readonly #pace = new Pace(() => RENEWALS);
  /** Reports that were told of and do not count yet. */
  readonly #counting = new UnderWay();
  #closed = false;

  constructor(parts: StandingParts) {
    this.#parts = parts;
    this.#kept = new KeptStandings(parts);
    this.#good = new GoodMail(parts, this.#kept);
    const memory = { kept: this.#kept, good: this.#good };
    this.#judge = new ClientJudge(parts, memory, (client, error) => this.#failed(client, error));
  }

  /** The standing of a client, computed if there is none that lives. */
  of(client: Address): MaybePromise<Standing> {
    return this.#kept.live(client.text) ?? this.#getOrMake(client);
  }

  /** The standing as far as it is known already; nothing is computed. */
  known(client: Address): Promise<Standing | undefined> {
    return this.#kept.known(client.text);
  }

  /** What would be known of a client now; nothing is kept, but whose its good mail is. */
  async preview(client: Address): Promise<StandingPreview> {
    const { findings, done } = lookUpClient(this.#parts, client);
    await this.#inTime(done);
    const standing = (await this.known(client)) ?? (await this.#judge.judge(client, findings));
    const counted = this.#kept.countedFor(standing);
    return { standing, findings, reports: await this.#parts.store.countedReports(counted, COUNT_LIMIT.goodForUnknown) };
  }

  /** Computes the standing anew, now; if it is being computed already, once more when that is done. */
  async renew(client: Address): Promise<Standing> {
    await this.#computing.get(client.text)?.catch(() => {});
    try {
      return await (this.#computing.get(client.text) ?? this.#start(client));
    } catch (error) {
      // It must be computed soon all the same, and not only when the one that there is expires.
      this.#kept.outdate(client.text);
      throw error;
    }
  }

  /**
   * A new report was stored. Where there is no standing, one is made when a check asks for it; in a flood of reports,
   * so are all.
   */
  reported(report: CountedReport): Promise<void> {
    return this.#counting.add(this.#count(report));
  }

  /** Whom a client belongs to: its standing tells, else the DNS; undefined while that can't be known. */
  async identityOf(client: Address): Promise<string | undefined> {
    const standing = await this.known(client);
    if (standing !== undefined) return rememberedName(standing) && standing.identity;
    const lists = this.#parts.lists().filter(canSayDynamic);
    const { findings, done } = lookUpClient({ ...this.#parts, lists: () => lists }, client);
    await this.#inTime(done);
    const { domain, nameUnknown } = await this.#judge.nameOf(client, findings);
    return nameUnknown ? undefined : (domain ?? client.text);
  }

  /** Forgets the standings of an address, network or domain; returns how many there were. */
  remove(text: string): Promise<number> {
    return this.#kept.remove(text);
  }

  /** From now on late answers complete nothing, and nothing is computed because of reports: the store is about to close. */
  [Symbol.dispose](): void {
    this.#closed = true;
  }

  /** After the end: resolves when each report that was told of counts, or will count after the next start. */
  counted(): Promise<void> {
    // Peers are closed after the lookups, and tell of some until then.
    return this.#counting.ended();
  }

  async #count({ ip, event, time, domain }: CountedReport): Promise<void> {
    const client = parseAddress(ip);
    if (client === undefined || event === 'check') return;
    // Asked before anything is waited for: the reports may have been counted already, without this one, by a
    // computation that is done by then.
    const computing = this.#computing.has(client.text);
    const standing = await this.known(client);
    if (event === 'ok') await this.#good.accepted(standing, domain, time);
    else if (computing || standing !== undefined)
      await (this.#pace.takeWithin(AT_ONCE) ? this.#renewFrom(standing, client) : this.#end(client));
  }

  /**
   * Computes the standing anew. The DNS may take seconds: should the daemon end meanwhile, the saved standing has ended
   * already.
   */
  async #renewFrom(standing: Standing | undefined, client: Address): Promise<void> {
    // If the store takes nothing now, the standing is made all the same.
    if (standing !== undefined) await this.#kept.endSaved(standing).catch(() => {});
    if (this.#closed) return this.#end(client);
    try {
      await this.renew(client);
    } catch (error) {
      // After the end the lookups are ended, too.
      if (!this.#closed) throw error;
    }
  }

  /** Ends the standing: it is computed anew when a check asks for it. */
  async #end(client: Address): Promise<void> {
    await this.#computing.get(client.text)?.catch(() => {});
    // Many reports of a flood come here at once: the first one ends the standing for all.
    const standing = this.#kept.newest(await this.known(client));
    if (standing !== undefined) await this.#kept.save({ ...standing, expires: seconds(this.#parts.clock) });
  }

  async #getOrMake(client: Address): Promise<Standing> {
    try {
      return await (this.#computing.get(client.text) ?? this.#recallOrCompute(client));
    } catch (error) {
      return this.#unkept(client, error);
    }
  }

  async #recallOrCompute(client: Address): Promise<Standing> {
    const saved = await this.#kept.load(client.text);
    return saved ?? this.#computing.get(client.text) ?? this.#start(client);
  }

  /**
   * The standing that was made but not stored: it is good for a check, or a locked database would let everybody pass as
   * failed.
   */
  #unkept(client: Address, error: unknown): Standing {
    const made = this.#kept.live(client.text);
    if (made === undefined) throw error;
    this.#failed(client, error);
    return made;
  }

  #start(client: Address): Promise<Standing> {
    const computing = this.#compute(client).finally(() => this.#computing.delete(client.text));
    this.#computing.set(client.text, computing);
    return computing;
  }

  async #compute(client: Address): Promise<Standing> {
    const { findings, done } = lookUpClient(this.#parts, client);
    const late = !(await this.#inTime(done));
    try {
      return await this.#conclude(client, findings);
    } finally {
      // The answers that come after the deadline complete the standing for the next check.
      if (late)
        done.then(() => this.#complete(client, findings)).catch((error: unknown) => this.#failed(client, error));
    }
  }

  async #complete(client: Address, findings: Findings): Promise<void> {
    if (!this.#closed) await this.#conclude(client, findings);
  }

  /** Whether the lookups are done before the deadline. */
  #inTime(done: Promise<void>): Promise<boolean> {
    return inTime(done, this.#parts.settings().lookupDeadline * 1000);
  }

  async #conclude(client: Address, findings: Findings): Promise<Standing> {
    const standing = await this.#judge.judge(client, findings);
    const { ip, identity, score, class: kind } = standing;
    this.#parts.log.event(1, 'standing', { ip, identity, class: kind, score, because: describeReasons(standing) });
    await this.#kept.save(standing);
    return standing;
  }

  #failed(client: Address, error: unknown): void {
    // After the end the lookups are ended, too.
    if (!this.#closed) this.#parts.log.event(0, 'standing not completed', { ip: client.text, cause: String(error) });
  }
}
