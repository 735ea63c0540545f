// The search order of the policy file written as plainly as possible, to hold RuleIndex against: every line gets a rank
// for how closely its key fits, and the first of the closest counts.
import { networkContains, parseAddress, parseNetwork } from './address.ts';

type Rank = (key: string) => number | undefined;

/** The number of the line that counts for a client. */
export function hostRuleSlowly(keys: readonly string[], client: string, name: string): number | undefined {
  const address = parseAddress(client);
  return closest(keys, (key) => {
    const network = parseNetwork(key);
    if (network !== undefined) return address && networkContains(network, address) ? 10_000 + network.bits : undefined;
    return domainRank(key, name);
  });
}

/** The number of the line that counts for a mailbox. */
export function mailboxRuleSlowly(keys: readonly string[], mailbox: string): number | undefined {
  const [local = '', domain = ''] = mailbox.split('@');
  return closest(keys, (key) => {
    if (key === mailbox) return 10_000;
    if (mailbox === '<>') return generalRank(key);
    if (key === `${local}@`) return 10;
    return domainRank(key, mailbox.includes('@') ? domain : mailbox);
  });
}

function domainRank(key: string, name: string): number | undefined {
  if (key === name || name.endsWith(`.${key}`)) return 100 + key.length;
  return generalRank(key);
}

function generalRank(key: string): number | undefined {
  if (key === 'default') return 2;
  return key === '*' ? 1 : undefined;
}

function closest(keys: readonly string[], rank: Rank): number | undefined {
  let best: { readonly line: number; readonly rank: number } | undefined;
  for (const [at, key] of keys.entries()) {
    const own = rank(key);
    if (own !== undefined && own > (best?.rank ?? 0)) best = { line: at + 1, rank: own };
  }
  return best?.line;
}
