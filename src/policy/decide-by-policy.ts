// What the policy file says about a check, and which of its lines said so.
import type { Check } from './check.ts';
import type { Rule } from './rule-index.ts';
import { formatGreyCheck, type GreyCheckValue } from './rule-values.ts';
import type { Policy } from './rules.ts';

/** The client, the sender, the recipient: in this order, each overwriting the one before. */
export type PolicyStage = 'connect' | 'from' | 'to';

/** The line that had its say at one stage. `key` as it was written, `value` as formatGreyCheck writes it. */
export interface PolicyHit {
  readonly stage: PolicyStage;
  readonly line: number;
  readonly key: string;
  readonly value: string;
}

/** `verdict`: whether to greylist; undefined if no line says anything. `trace`: a line at most for each stage reached. */
export interface PolicyDecision {
  readonly verdict: 'yes' | 'no' | undefined;
  readonly trace: readonly PolicyHit[];
}

/** What decides about a check in the policy file. */
export type PolicyQuestion = Pick<Check, 'client' | 'clientName' | 'sender' | 'recipient'>;

/** What the policy file says about a check: the first hit of each stage, the last stage wins, QUICK ends the search. */
export function decideByPolicy(policy: Policy, check: PolicyQuestion): PolicyDecision {
  const trace: PolicyHit[] = [];
  let decided: GreyCheckValue | undefined;
  for (const stage of STAGES) {
    const rule = ruleOfStage(policy, stage, check);
    if (rule === undefined) continue;
    trace.push({ stage, line: rule.line, key: rule.key, value: formatGreyCheck(rule.value) });
    decided = rule.value;
    if (decided.quick) break;
  }
  const verdict = decided && (decided.greylist ? 'yes' : 'no');
  return { verdict, trace };
}

const STAGES: readonly PolicyStage[] = ['connect', 'from', 'to'];

function ruleOfStage(policy: Policy, stage: PolicyStage, check: PolicyQuestion): Rule<GreyCheckValue> | undefined {
  const index = policy[stage];
  switch (stage) {
    case 'connect':
      return index.byAddress(check.client) ?? index.byName(check.clientName ?? '') ?? index.fallback;
    case 'from':
      return index.byMailbox(check.sender) ?? index.fallback;
    case 'to':
      return index.byMailbox(check.recipient) ?? index.fallback;
  }
}
