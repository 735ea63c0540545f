// What a client's last standing tells of its name and of the lists. It stands in where the DNS fails now, so that a
// name server that is down makes nobody's mail wait again, and no misdeed forgotten.
import type { Seconds } from './check.ts';
import type { Facts } from './facts.ts';
import { DNS_REASONS, falseListing } from './points.ts';
import { type Standing, standingDomain } from './standing.ts';

export interface RememberedFacts {
  /** Undefined: it was not known then either. */
  readonly name: Pick<Facts, 'domain' | 'names' | 'dynamic'> | undefined;
  readonly dnswl: Facts['dnswl'];
  /** Whether the list with this title had the client. */
  readonly isListed: (title: string) => boolean;
}

/** How long an answer of the DNS stands in for one that it does not give now. */
export const REMEMBERED: Seconds = 14 * 86_400;

/** What the standing tells; undefined when that is too long ago. */
export function rememberedFacts(standing: Standing, now: Seconds): RememberedFacts | undefined {
  if (standing.answered + REMEMBERED <= now) return undefined;
  const reasons = reasonsOf(standing);
  return {
    name: rememberedName(standing),
    dnswl: reasons.has(DNS_REASONS.dnswlHigh) ? 2 : reasons.has(DNS_REASONS.dnswlLow) ? 1 : 0,
    isListed: (title) => reasons.has(title) || reasons.has(falseListing(title)),
  };
}

/** What the standing tells of the name; undefined: it was made while that was not known. */
export function rememberedName(standing: Standing): RememberedFacts['name'] {
  const reasons = reasonsOf(standing);
  const domain = standingDomain(standing);
  const dynamic = reasons.has(DNS_REASONS.dynamic);
  const wasKnown = domain !== undefined || dynamic || reasons.has(DNS_REASONS.nameless);
  return wasKnown ? { domain, names: standing.names, dynamic } : undefined;
}

function reasonsOf({ reasons }: Standing): ReadonlySet<string> {
  return new Set(reasons.map(({ reason }) => reason));
}
