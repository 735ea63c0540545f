// From what the DNS said about a client, and what was reported of it, to its standing. Where a lookup failed, what the
// client's last standing tells stands in.
import { seconds } from '../lib/clock.ts';
import { ownText } from '../lib/own-text.ts';
import type { Address } from '../policy/address.ts';
import { type RememberedFacts, rememberedFacts } from '../policy/remembered-facts.ts';
import { type Standing, standingFrom, type StandingTimes } from '../policy/standing.ts';
import { factsFrom, type NameFacts, nameFacts } from './gather-facts.ts';
import type { GoodMail } from './good-mail.ts';
import type { KeptParts, KeptSettings, KeptStandings } from './kept-standings.ts';
import type { Findings } from './look-up-client.ts';

export interface JudgeSettings extends KeptSettings {
  readonly times: StandingTimes;
}

export interface JudgeParts extends KeptParts {
  /** From [0, 1). */
  readonly random: () => number;
  readonly settings: () => JudgeSettings;
}

/** The standings that were made, and what good mail does to them. */
export interface StandingMemory {
  readonly kept: KeptStandings;
  readonly good: GoodMail;
}

export class ClientJudge {
  readonly #parts: JudgeParts;
  readonly #memory: StandingMemory;
  readonly #onFailure: (client: Address, error: unknown) => void;

  /** `onFailure`: the store did not take whose the client's good mail is; its standing is made all the same. */
  constructor(parts: JudgeParts, memory: StandingMemory, onFailure: (client: Address, error: unknown) => void) {
    this.#parts = parts;
    this.#memory = memory;
    this.#onFailure = onFailure;
  }

  /** The standing that follows from what was found and reported; it is not kept here. */
  async judge(client: Address, findings: Findings): Promise<Standing> {
    const isAssigned = await this.#assignGood(client, findings);
    const { store, random, settings } = this.#parts;
    const { kept } = this.#memory;
    const ip = ownText(client.text);
    const previous = await kept.last(ip);
    const before = this.#remembered(previous);
    const { domain } = nameFacts(findings, client, before);
    const counted = kept.countedFor({ ip, identity: domain ?? ip });
    const found = factsFrom(findings, client, await store.countReports(counted), before);
    const facts = { ...found, incomplete: found.incomplete || !isAssigned };
    return standingFrom({ ip, facts, times: settings().times, previous, random: random(), now: counted.now });
  }

  /** What its names say; where they could not be looked up, what they said before. */
  async nameOf(client: Address, findings: Findings): Promise<NameFacts> {
    return nameFacts(findings, client, this.#remembered(await this.#memory.kept.last(client.text)));
  }

  /**
   * Mail that came while nobody knew whose the client is counts for its owner, if that is known now. Whether that is done: a
   * standing that is made without it lives for a short time only.
   */
  async #assignGood(client: Address, findings: Findings): Promise<boolean> {
    try {
      const { domain, nameUnknown } = await this.nameOf(client, findings);
      if (!nameUnknown) await this.#memory.good.assign(client.text, domain ?? client.text);
      return true;
    } catch (error) {
      this.#onFailure(client, error);
      return false;
    }
  }

  /** What the last standing tells; nothing of the lists if one of them had misled it. */
  #remembered(standing: Standing | undefined): RememberedFacts | undefined {
    const before = standing && rememberedFacts(standing, seconds(this.#parts.clock));
    return before && this.#parts.isMisled(standing) ? { ...before, dnswl: 0, isListed: () => false } : before;
  }
}
