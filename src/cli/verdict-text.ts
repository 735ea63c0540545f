// A verdict in words, as check and explain tell it.
import { inWords } from '../policy/reply.ts';
import { REASONS, type Verdict } from '../policy/verdict.ts';

/** The reason of the verdict, with these details, and how long the sender has to wait. */
export function describeVerdict(verdict: Verdict, details = ''): string {
  return `${REASONS[verdict.reason]}${details}${verdict.kind === 'grey' ? waitOf(verdict) : ''}`;
}

/** What the sender is told about waiting, and whether it helps. */
function waitOf({ reason, wait }: Verdict & { readonly kind: 'grey' }): string {
  switch (reason) {
    case 'first':
    case 'early':
    case 'failed':
      return `; ${inWords(wait)} to wait`;
    case 'limit':
      return `; it is told to wait ${inWords(wait)}, but the attempt is not remembered`;
    case 'blacklisted':
      return `; it is told to wait ${inWords(wait)}, but no retry passes`;
  }
}
