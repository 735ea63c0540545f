// The policy file: the administrator's own rules about whom to greylist (GreyCheck*), which domains belong together
// (GreyDomainEquiv), and who may use the greyd protocol (GreydAccess). Its form: policy-lines.ts.
import { type PolicyLine, type PolicyPrefix, type PolicyProblem, parsePolicyLines } from './policy-lines.ts';
import { RuleIndex } from './rule-index.ts';
import { type KeyedBy, parseRuleKey } from './rule-key.ts';
import {
  ACCESS_RIGHT,
  type AccessRight,
  DOMAIN_LIST,
  GREY_CHECK,
  type GreyCheckValue,
  type Values,
} from './rule-values.ts';

/** The rules of a policy file, ready to be looked up. */
export interface Policy {
  readonly connect: RuleIndex<GreyCheckValue>;
  readonly from: RuleIndex<GreyCheckValue>;
  readonly to: RuleIndex<GreyCheckValue>;
  readonly equivalents: RuleIndex<readonly string[]>;
  readonly access: RuleIndex<AccessRight>;
}

/** A policy file that was read; or, if any line is wrong, all that is wrong. In the order of lines. */
export type PolicyReading = { readonly warnings: readonly PolicyProblem[] } & (
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'broken'; readonly errors: readonly PolicyProblem[] }
);

interface Findings {
  readonly errors: PolicyProblem[];
  readonly warnings: PolicyProblem[];
}

type AddLine = (line: PolicyLine, findings: Findings) => void;

/** The policy that the text says. Of equal keys the first counts; the others get a warning. Never throws. */
export function readPolicy(text: string): PolicyReading {
  const steps = readInSteps(text);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** The same, with a pause now and then, since a large file takes most of a second. */
export async function readPolicyWithPauses(text: string, pause: () => Promise<void>): Promise<PolicyReading> {
  const steps = readInSteps(text);
  let step = steps.next();
  while (step.done !== true) {
    await pause();
    step = steps.next();
  }
  return step.value;
}

/** Lines a step: about 10 ms of work. */
const LINES = 2000;

function* readInSteps(text: string): Generator<void, PolicyReading> {
  const policy = emptyPolicy();
  const sections = sectionsOf(policy);
  const findings: Findings = { errors: [], warnings: [] };
  let read = 0;
  for (const line of parsePolicyLines(text)) {
    if ('message' in line) findings.errors.push(line);
    else sections[line.prefix](line, findings);
    read += 1;
    if (read % LINES === 0) yield;
  }
  const { errors, warnings } = findings;
  return errors.length > 0 ? { kind: 'broken', errors, warnings } : { kind: 'policy', policy, warnings };
}

/** The policy that says nothing. */
export function emptyPolicy(): Policy {
  return {
    connect: new RuleIndex(),
    from: new RuleIndex(),
    to: new RuleIndex(),
    equivalents: new RuleIndex(),
    access: new RuleIndex(),
  };
}

function sectionsOf(policy: Policy): { readonly [P in PolicyPrefix]: AddLine } {
  return {
    GreyCheckConnect: section(policy.connect, 'client', GREY_CHECK),
    GreyCheckFrom: section(policy.from, 'mailbox', GREY_CHECK),
    GreyCheckTo: section(policy.to, 'mailbox', GREY_CHECK),
    GreyDomainEquiv: section(policy.equivalents, 'any', DOMAIN_LIST),
    GreydAccess: section(policy.access, 'host', ACCESS_RIGHT),
  };
}

function section<V>(index: RuleIndex<V>, keyedBy: KeyedBy, values: Values<V>): AddLine {
  return ({ line, prefix, key: text, value: words }, { errors, warnings }) => {
    const key = parseRuleKey(text, keyedBy);
    const value = values.parse(words);
    const problem = (message: string): PolicyProblem => ({ line, message: `${prefix}:${message}` });
    if (key.kind === 'wrong') errors.push(problem(key.message));
    if (value === undefined) errors.push(problem(`${text}: ${words} is none of ${values.allowed}`));
    if (key.kind === 'idle') warnings.push(problem(key.message));
    if (value === undefined || key.kind === 'wrong' || key.kind === 'idle') return;
    if (key.oddity !== undefined) warnings.push(problem(key.oddity));
    const odd = values.oddity?.(words);
    if (odd !== undefined) warnings.push(problem(`${text}: ${odd}`));
    const earlier = index.add(key, { line, key: text, value });
    if (earlier !== undefined) warnings.push(problem(`${text}: has no effect, line ${earlier.line} has the same key`));
  };
}
