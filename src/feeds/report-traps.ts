// Hits on spam traps become reports. Only after the answer, so that they show in nothing that the sender sees.
import { type Clock, seconds } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { AcceptReport } from '../engine/accept-report.ts';
import { type Check, reportedSender } from '../policy/check.ts';
import type { TrapIndex } from './spamtraps.ts';

export interface TrapParts {
  readonly traps: () => TrapIndex;
  readonly accept: AcceptReport;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is to be done about every check that was answered. */
export function reportTraps({ traps, accept, clock, log }: TrapParts): (check: Check) => void {
  return ({ client, sender, recipient, id }) => {
    const index = traps();
    const kind = index.size === 0 ? undefined : index.trapFor(recipient);
    if (kind === undefined) return;
    const report = {
      reporter: 'traps',
      time: seconds(clock),
      ip: client.text,
      event: `${kind}_trap` as const,
      sender: reportedSender(sender),
      recipient: recipient.text,
      mtaId: id,
    };
    accept(report).catch((error: unknown) =>
      log.event(0, 'report lost', { observed: report.event, cause: String(error) }),
    );
  };
}
