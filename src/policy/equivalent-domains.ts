// Whether a sender's domain fits the client that delivers for it: by name, or because the policy file says that the two
// domains belong together (GreyDomainEquiv).
import { parseAddress } from './address.ts';
import { isNullSender, type Mailbox, parseMailbox } from './check.ts';
import { domainsFit, isLiteral } from './domains.ts';
import type { Policy } from './rules.ts';

type Equivalents = Policy['equivalents'];

/** Steps from one domain to an equivalent one that are followed, on both sides together. */
const MAX_STEPS = 2;

/**
 * Whether the sender's domain fits the client's name: both look like one owner's, or do after at most two steps of
 * GreyDomainEquiv from either side. An empty client name (unknown) fits only by the rule for `default`.
 */
export function senderFitsClient(sender: Mailbox, clientName: string, equivalents: Equivalents): boolean {
  // A text without `@` is taken for a domain.
  const domain = sender.domain === '' ? sender.local : sender.domain;
  if (isLiteral(domain) || isLiteral(clientName)) return false;
  if (clientName !== '' && domainsFit(domain, clientName)) return true;
  if (equivalents.isEmpty) return false;
  const senders = withEquivalents([domain], targets(sender, equivalents), equivalents);
  const clients = withEquivalents([clientName], targets(parseMailbox(clientName), equivalents), equivalents);
  return senders.some((ours, steps) =>
    clients
      .slice(0, MAX_STEPS + 1 - steps)
      .some((theirs) => ours.some((one) => theirs.some((other) => domainsFit(one, other)))),
  );
}

/** The names that are reached in 0, 1 and 2 steps. */
function withEquivalents(
  own: readonly string[],
  first: readonly string[],
  equivalents: Equivalents,
): readonly (readonly string[])[] {
  return [own, first, first.flatMap((name) => targets(parseMailbox(name), equivalents))];
}

function targets(mailbox: Mailbox, equivalents: Equivalents): readonly string[] {
  if (isNullSender(mailbox)) return equivalents.fallback?.value ?? [];
  const address = mailbox.domain === '' ? parseAddress(mailbox.local) : undefined;
  const rule = address === undefined ? equivalents.byMailbox(mailbox) : equivalents.byAddress(address);
  return rule?.value ?? [];
}
