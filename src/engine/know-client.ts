// Who asks: the client's domain, its standing, what was entered by hand about it.
import type { Check } from '../policy/check.ts';
import type { ClientView, Rules } from '../policy/decide.ts';
import { senderFitsClient } from '../policy/equivalent-domains.ts';
import { identityDomain } from '../policy/identity.ts';
import type { Standing } from '../policy/standing.ts';
import type { ManualList } from './manual-entries.ts';

export interface ClientParts {
  readonly manual: ManualList;
  /** The client's standing; undefined while reputation is switched off. */
  readonly standingOf: (check: Check) => Promise<Standing | undefined>;
}

export interface KnownClient extends ClientView {
  /** Its verified domain. */
  readonly domain: string | undefined;
  /** What it gains is kept for a shorter time (GREY_DEWHITE_FLAGS). */
  readonly shortLived: boolean;
}

/** What is known of the client of a check. */
export async function knowClient(parts: ClientParts, check: Check, rules: Rules): Promise<KnownClient> {
  const standing = await parts.standingOf(check);
  const domain = domainOf(check, standing);
  const manual = parts.manual.find(check.client, [check.clientName, domain]);
  const { fitMatters, policy, dewhite } = rules;
  const name = check.clientName ?? domain ?? '';
  const misfit = fitMatters && !senderFitsClient(check.sender, name, policy.equivalents);
  const shortLived = (misfit && dewhite.has('DomainMatch')) || (domain === undefined && dewhite.has('BadResolve'));
  return { standing, domain, manual, misfit, shortLived };
}

/** The standing's, which we verified ourselves; else that of the name that the mail server verified. */
function domainOf({ client, clientName }: Check, standing: Standing | undefined): string | undefined {
  if (standing !== undefined && standing.identity !== client.text) return standing.identity;
  return identityDomain(clientName);
}
