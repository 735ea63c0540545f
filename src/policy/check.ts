// What an MTA asks: may this client hand over mail from this sender to this recipient now?
import type { Address } from './address.ts';
import { withoutEnd } from './without-end.ts';

/** Whole seconds since 1970, or a span of whole seconds. */
export type Seconds = number;

/** An envelope address. `text` is as the MTA gave it, without angle brackets; the parts are in lower case. */
export interface Mailbox {
  readonly text: string;
  readonly local: string;
  /** Empty when the address has no `@`. */
  readonly domain: string;
}

/** One question, about one recipient. */
export interface Check {
  /** Stands in the log line and in the text that the sender sees, so that one can be found from the other. */
  readonly id: string;
  readonly client: Address;
  readonly sender: Mailbox;
  readonly recipient: Mailbox;
  /** Who asked: the protocol's name, for the log. */
  readonly via: string;
  /** The client's name as the MTA verified it; absent when unknown. */
  readonly clientName?: string;
  readonly helo?: string;
  /** The MTA's own name for the message or session. */
  readonly queueId?: string;
}

/**
 * What stands for the null sender in reports, tuples and rules. In an address, brackets stand only within quotes (RFC 5321
 * section 4.1.2).
 */
export const NULL_SENDER = '<>';

/** The empty reverse-path `<>` of bounces (RFC 5321 section 4.5.5). */
export function isNullSender(sender: Mailbox): boolean {
  return sender.text === '';
}

/** The sender as reports have it. */
export function reportedSender(sender: Mailbox): string {
  return isNullSender(sender) ? NULL_SENDER : sender.text;
}

/** The text as a mailbox. Angle brackets around it and dots at the domain's end are dropped; the last `@` counts. */
export function parseMailbox(text: string): Mailbox {
  const bare = text.startsWith('<') && text.endsWith('>') ? text.slice(1, -1) : text;
  const at = bare.lastIndexOf('@');
  const lower = bare.toLowerCase();
  if (at < 0) return { text: bare, local: lower, domain: '' };
  const domain = lower.slice(at + 1);
  return { text: bare, local: lower.slice(0, at), domain: withoutEnd(domain, '.') };
}
