// Who asks: the client's domain, its standing, what was entered by hand about it.
import { chain, type MaybePromise } from '../lib/maybe-promise.ts';
import type { Address } from '../policy/address.ts';
import type { Check } from '../policy/check.ts';
import type { ClientView, Rules } from '../policy/decide.ts';
import { senderFitsClient } from '../policy/equivalent-domains.ts';
import { identityDomain } from '../policy/identity.ts';
import type { ManualEntry } from '../policy/manual-entry.ts';
import { type Standing, standingDomain } from '../policy/standing.ts';
import type { ManualList } from './manual-list.ts';
import type { ClientNames } from './told-names.ts';

export interface ClientParts {
  readonly manual: ManualList;
  /** The client's standing; undefined while reputation is switched off. */
  readonly standingOf: (client: Address) => MaybePromise<Standing | undefined>;
  /** Asked only where there is no standing, and tuples have the client's domain. */
  readonly names: ClientNames;
}

export interface KnownClient extends ClientView {
  /** Its verified domain. */
  readonly domain: string | undefined;
  /** What it gains is kept for a shorter time (GREY_DEWHITE_FLAGS). */
  readonly shortLived: boolean;
}

/** What is known of the client of a check. */
export function knowClient(parts: ClientParts, check: Check, rules: Rules): MaybePromise<KnownClient> {
  return chain(parts.standingOf(check.client), (standing) => {
    const domain = domainOf(check, standing, rules.parts.client === 'DOMAIN' ? parts.names : BY_CHECK_ALONE);
    const manual = entryFor(parts, check, { standing, domain });
    return new Client({ standing, domain, manual }, check, rules);
  });
}

/**
 * What was entered by hand about the client of a check: by its address, else by the name that the mail server verified,
 * by those that we verified ourselves, by its domain.
 */
export function entryFor(
  { manual }: Pick<ClientParts, 'manual'>,
  { client, clientName }: Check,
  { standing, domain }: Pick<KnownClient, 'standing' | 'domain'>,
): ManualEntry | undefined {
  return manual.find(client, [clientName, ...(standing?.names ?? []), domain]);
}

/** A class for the sake of `misfit`: it takes longest to work out, and nobody asks for it where mail has passed before. */
class Client implements KnownClient {
  readonly standing: Standing | undefined;
  readonly domain: string | undefined;
  readonly manual: ManualEntry | undefined;
  readonly #check: Check;
  readonly #rules: Rules;
  #misfit: boolean | undefined;

  constructor(known: Pick<KnownClient, 'standing' | 'domain' | 'manual'>, check: Check, rules: Rules) {
    this.standing = known.standing;
    this.domain = known.domain;
    this.manual = known.manual;
    this.#check = check;
    this.#rules = rules;
  }

  get misfit(): boolean {
    const { sender, clientName } = this.#check;
    const { fitMatters, policy } = this.#rules;
    this.#misfit ??= fitMatters && !senderFitsClient(sender, clientName ?? this.domain ?? '', policy.equivalents);
    return this.#misfit;
  }

  get shortLived(): boolean {
    const { dewhite } = this.#rules;
    return (dewhite.has('BadResolve') && this.domain === undefined) || (dewhite.has('DomainMatch') && this.misfit);
  }
}

/** By the name in the check, whatever was told before. */
const BY_CHECK_ALONE: ClientNames = { domainOf: ({ clientName }) => identityDomain(clientName) };

/** The domain of the standing, which we verified ourselves; else that of the name that the mail server verified. */
function domainOf(check: Check, standing: Standing | undefined, names: ClientNames): string | undefined {
  return standing === undefined ? names.domainOf(check) : (standingDomain(standing) ?? BY_CHECK_ALONE.domainOf(check));
}
