// Explains how a check would be answered now: every step, with what it rests on. Asking changes nothing, except that good mail
// whose owner was not known is assigned to its owner: without that, the standing would not be the one of the next check.
import { type DnsList, meaningOf } from '../dns/lists.ts';
import type { Lookup, Records } from '../dns/resolver.ts';
import { seconds } from '../lib/clock.ts';
import type { Address } from '../policy/address.ts';
import { type Check, isNullSender, type Seconds } from '../policy/check.ts';
import { decide, decideByRule } from '../policy/decide.ts';
import { decideByPolicy } from '../policy/decide-by-policy.ts';
import type { Explanation, ExplainedLookup } from '../policy/explanation.ts';
import type { Window } from '../policy/greylist.ts';
import { windowOf } from '../policy/window.ts';
import type { Lifetimes } from '../store/store.ts';
import type { CheckParts } from './answer-check.ts';
import { recall } from './check-memory.ts';
import { knowClient } from './know-client.ts';
import type { Findings } from './look-up-client.ts';
import type { StandingPreview } from './standings.ts';
import type { ToldNames } from './told-names.ts';

export interface ExplainParts extends Pick<CheckParts, 'store' | 'clock' | 'settings' | 'manual'> {
  readonly names: Pick<ToldNames, 'unchanged'>;
  readonly lifetimes: () => Pick<Lifetimes, 'pendingShort'>;
  /** What would be known of the client now; undefined while reputation is switched off. */
  readonly preview: (client: Address) => Promise<StandingPreview | undefined>;
}

/** Explains a check. Like the check itself it may take as long as the DNS does. */
export async function explain(parts: ExplainParts, check: Check): Promise<Explanation> {
  const { rules } = parts.settings();
  const ruling = decideByRule(check, rules);
  const preview = await parts.preview(check.client);
  const known = await knowClient(
    { ...parts, names: parts.names.unchanged, standingOf: () => preview?.standing },
    check,
    rules,
  );
  const { standing, domain, manual, misfit, shortLived } = known;
  const client = { standing, domain, manual, misfit, shortLived };
  const { entry, tuple, entryOf = tuple, pass, pendingOfClient } = await recall(parts, check, client, rules);
  const recalled = { entry, tuple: entryOf, pass, pendingOfClient };
  const now = seconds(parts.clock);
  const excusable = ruling.verdict === undefined && ruling.excusable;
  // Bounces have a lifetime of their own.
  const isShort = shortLived && !isNullSender(check.sender);
  return {
    verdict: ruling.verdict ?? decide({ check, client, recalled, rules, excusable }, now).verdict,
    policy: decideByPolicy(rules.policy, check).trace,
    lookups: preview === undefined ? [] : lookupsOf(preview.findings),
    reports: preview?.reports ?? [],
    client,
    recalled,
    window: windowKept(windowOf(check, client, rules), isShort ? parts.lifetimes().pendingShort : Infinity),
    now,
  };
}

/** The window, but no longer than its first attempt is remembered. */
function windowKept(window: Window, lifetime: Seconds): Window {
  return { ...window, retry: Math.min(window.retry, lifetime) };
}

function lookupsOf({ names, addresses, lists }: Findings): readonly ExplainedLookup[] {
  return [
    explained('names', names),
    ...[...addresses].map(([name, lookup]) => explained(`addresses of ${name}`, lookup)),
    ...[...lists].map(([list, lookup]) => ({ ...explained(list.title, lookup), ...noteOn(list, lookup) })),
  ];
}

/** What a list answers is an address; what it means is another matter. */
function noteOn(list: DnsList, lookup: Lookup<Records> | undefined): Partial<ExplainedLookup> {
  const meaning = lookup?.kind === 'found' ? meaningOf(list, lookup.value) : 'listed';
  if (meaning === 'listed') return {};
  return { note: meaning === 'error' ? 'an error, not a listing' : 'not a listing' };
}

function explained(about: string, lookup: Lookup<Records> | undefined): ExplainedLookup {
  return {
    about,
    answer: lookup?.kind ?? 'under way',
    records: lookup?.kind === 'found' ? lookup.value : [],
    note: lookup?.kind === 'failed' ? lookup.error : undefined,
    age: lookup?.age,
  };
}
