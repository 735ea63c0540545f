// Takes the word of a mail server that a check has passed elsewhere: it counts as if it had passed here.
import { seconds } from '../lib/clock.ts';
import { type Check, isNullSender } from '../policy/check.ts';
import { decideByPass } from '../policy/decide.ts';
import { isKnown } from '../policy/greylist.ts';
import type { CheckParts } from './answer-check.ts';
import { recall, remember } from './check-memory.ts';
import { knowClient } from './know-client.ts';

/**
 * Makes the tuple of a check valid, at the word of a mail server that saw it pass, and notes a use of its pass. A pending
 * entry, and one past its lifetime, makes room for that of this check. A bounce leaves nothing.
 */
export async function admit(parts: CheckParts, check: Check): Promise<void> {
  if (isNullSender(check.sender)) return;
  const { rules } = parts.settings();
  const client = await knowClient(parts, check, rules);
  const { entry, tuple, pass } = await recall(parts, check, client, rules);
  const now = seconds(parts.clock);
  const checked = { check, client, tuple };
  const isReplaced = entry !== undefined && !isKnown(entry, rules.validLifetime, now);
  // In one transaction: a first attempt that was answered is not lost if the process is killed between.
  await Promise.all([
    isReplaced && remember(parts.store, checked, 'forget', now),
    remember(parts.store, checked, 'admit', now),
  ]);
  if (pass !== undefined && decideByPass(pass, rules.passLifetime, now)?.refreshPass === true)
    await parts.store.refreshPass(pass, now);
}
