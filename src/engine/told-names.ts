// What mail servers told lately of their clients' names. Where standings are switched off nothing else remembers whose a
// client is, and a name that can not be looked up for a moment would make known mail wait again.
import { type Clock, seconds } from '../lib/clock.ts';
import { ownText } from '../lib/own-text.ts';
import { RecentMap } from '../lib/recent-map.ts';
import type { Check, Seconds } from '../policy/check.ts';
import { identityDomain } from '../policy/identity.ts';
import { REMEMBERED } from '../policy/remembered-facts.ts';

/** Tells whose the client of a check is. */
export interface ClientNames {
  /** By the name that the mail server verified, else by the one before, if that is not too long ago. */
  domainOf(check: Pick<Check, 'client' | 'clientName'>): string | undefined;
}

interface Told {
  readonly name: string;
  readonly domain: string | undefined;
  at: Seconds;
}

/** Clients that are remembered; each takes about a third of a KiB. */
const MOST = 20_000;

/** Remembers the names of the checks that it is asked about. */
export class ToldNames implements ClientNames {
  readonly #clock: Clock;
  readonly #told = new RecentMap<Told>(MOST);
  /** The same, for who must change nothing by asking: what these checks tell is not remembered. */
  readonly unchanged: ClientNames = {
    domainOf: ({ client, clientName }) =>
      clientName === undefined ? this.#before(client.text) : identityDomain(clientName),
  };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  domainOf({ client, clientName }: Pick<Check, 'client' | 'clientName'>): string | undefined {
    if (clientName === undefined) return this.#before(client.text);
    const before = this.#told.get(client.text);
    if (before?.name === clientName) {
      before.at = seconds(this.#clock);
      return before.domain;
    }
    const name = ownText(clientName);
    const domain = identityDomain(name);
    this.#told.set(client.text, { name, domain, at: seconds(this.#clock) });
    return domain;
  }

  #before(ip: string): string | undefined {
    const told = this.#told.get(ip);
    return told !== undefined && told.at + REMEMBERED > seconds(this.#clock) ? told.domain : undefined;
  }
}
