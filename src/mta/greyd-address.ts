// Envelope addresses as the greyd protocol writes them: with whatever stands around the angle brackets, and `nullsender`
// for the empty sender.
import { type Mailbox, parseMailbox } from '../policy/check.ts';

/** The empty sender. */
export const NULL_SENDER_WORD = 'nullsender';

/**
 * The sender that an argument of GREYCHECK or GREYVALID means. Postmaster and mailer-daemon are senders like others, since
 * they retry like others.
 */
export function parseGreydSender(argument: string): Mailbox {
  const bare = withoutBrackets(argument);
  return parseMailbox(bare.toLowerCase() === NULL_SENDER_WORD ? '' : bare);
}

/** The recipient that such an argument means: `nullsender` is a user like others. */
export function parseGreydRecipient(argument: string): Mailbox {
  return parseMailbox(withoutBrackets(argument));
}

/** What stands between the first `<` and the last `>`, or else the whole argument. */
function withoutBrackets(argument: string): string {
  const open = argument.indexOf('<');
  const close = argument.lastIndexOf('>');
  return open >= 0 && open < close ? argument.slice(open + 1, close) : argument;
}
