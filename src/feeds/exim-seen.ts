// What a line of Exim's main log tells, for the feed that makes reports of it.
import type { Address } from '../policy/address.ts';
import type { Event } from '../policy/report.ts';

/** What a line tells. A sender or recipient is as the log has it, without angle brackets; the null sender is `<>`. */
export type Seen =
  | { readonly kind: 'event'; readonly event: Event; readonly client: Address; readonly about: About }
  | {
      readonly kind: 'unknown';
      readonly mode: 'verify' | 'delivery';
      readonly client: Address;
      readonly about: About;
      /** Exim only knows that a callout about the recipient was refused before, not why. */
      readonly cached?: true;
    }
  /** A callout about the recipient was refused for another reason than that there is no such recipient. */
  | { readonly kind: 'refused'; readonly recipient: string }
  /** `<=`; no client: a mail from this machine, or from a user who proved who he is. */
  | { readonly kind: 'arrived'; readonly id: string; readonly client: Address | undefined; readonly sender: string }
  | { readonly kind: 'delivered'; readonly id: string; readonly recipient: string }
  | { readonly kind: 'completed'; readonly id: string };

export interface About {
  readonly sender?: string;
  readonly recipient?: string;
  readonly mtaId?: string;
}
