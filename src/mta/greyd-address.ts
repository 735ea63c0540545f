// Envelope addresses as the greyd protocol writes them: with whatever stands around the angle brackets, and `nullsender`
// for the empty sender.
import { type Mailbox, parseMailbox } from '../policy/check.ts';

const NULL_SENDER = 'nullsender';

/**
 * The mailbox that an argument of GREYCHECK or GREYVALID means: what stands between the first `<` and the last `>`, else
 * all of it. Postmaster and mailer-daemon are senders like others, since they retry like others.
 */
export function parseGreydMailbox(argument: string): Mailbox {
  const open = argument.indexOf('<');
  const close = argument.lastIndexOf('>');
  const bare = open >= 0 && open < close ? argument.slice(open + 1, close) : argument;
  return parseMailbox(bare.toLowerCase() === NULL_SENDER ? '' : bare);
}
