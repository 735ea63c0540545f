// A verdict in words, as check and explain tell it.
import { inWords } from '../policy/reply.ts';
import { REASONS, type Verdict } from '../policy/verdict.ts';

/** Why it is so, with these details, and the wait. */
export function describeVerdict(verdict: Verdict, details = ''): string {
  return `${REASONS[verdict.reason]}${details}${verdict.kind === 'grey' ? waitOf(verdict) : ''}`;
}

/** Not every wait that the sender is told helps. */
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
