// Hits on spam traps become reports: only when the answer has left, so that a hit shows in nothing that the sender
// sees, not even in the time of the answer. That the mail server then accepts the mail does not speak for the sender.
import type { AcceptReport } from '../engine/accept-report.ts';
import { type Clock, seconds } from '../lib/clock.ts';
import { type Check, parseMailbox, reportedSender } from '../policy/check.ts';
import type { IncomingReport } from '../policy/report.ts';
import type { TrapIndex } from './spamtraps.ts';

export interface TrapParts {
  readonly traps: () => TrapIndex;
  /** Takes a report; must not throw. */
  readonly report: (report: IncomingReport) => void;
  readonly clock: Clock;
}

/** What is to be done about every check that was answered, and every recipient that the mail server refused itself. */
export function reportTraps({ traps, report, clock }: TrapParts): (check: Check) => void {
  return ({ client, sender, recipient, id }) => {
    const index = traps();
    const kind = index.size === 0 ? undefined : index.trapFor(recipient);
    if (kind === undefined) return;
    // Behind the answers of this turn of the event loop, which leave at its end (lib/answer-queue.ts).
    setImmediate(report, {
      reporter: 'traps',
      time: seconds(clock),
      ip: client.text,
      event: `${kind}_trap`,
      sender: reportedSender(sender),
      recipient: recipient.text,
      mtaId: id,
    } satisfies IncomingReport);
  };
}

/** Takes reports in, but none of accepted mail to a trap: it would make a good name for the domain of whoever sent it. */
export function withoutTrapMail(traps: () => TrapIndex, accept: AcceptReport): AcceptReport {
  return async (report) => {
    const { event, recipient = '' } = report;
    if (event !== 'ok' || traps().trapFor(parseMailbox(recipient)) === undefined) await accept(report);
  };
}
