// Postfix's policy delegation (SMTPD_POLICY_README): a request is lines of `name=value` and an empty line, an answer
// `action=...` and an empty line; a connection carries many of them. Whatever we can't judge is DUNNO: mail goes on.
import type { AnswerCheck } from '../engine/answer-check.ts';
import type { Answer, LineProtocol, LineSession } from '../lib/line-protocol.ts';
import { chain } from '../lib/maybe-promise.ts';
import { RecentMap } from '../lib/recent-map.ts';
import { parseAddress } from '../policy/address.ts';
import { type Check, isNullSender, parseMailbox } from '../policy/check.ts';
import type { Verdict } from '../policy/verdict.ts';
import { malformedRequest } from './malformed-request.ts';

/** What a request comes to. */
export type PolicyRequest =
  /** Not for us to judge: not a recipient, or an authenticated sender. */
  | { readonly kind: 'dunno' }
  | { readonly kind: 'malformed'; readonly problem: string }
  | {
      readonly kind: 'check';
      readonly check: Omit<Check, 'id'>;
      /** Postfix's name for the delivery, the same in all requests about it. */
      readonly instance: string | undefined;
    };

/** What Postfix may tell of a check besides the addresses. */
type Details = { -readonly [K in 'clientName' | 'helo' | 'queueId']?: string };

export interface PolicyParts {
  readonly answerCheck: AnswerCheck;
  readonly nextId: () => string;
  /** Status code and text for a verdict that is not white. */
  readonly replyText: (check: Check, verdict: Verdict) => string;
}

/** Bounces that have passed, by delivery and recipient. */
type PassedBounces = RecentMap<true>;
const MOST_PASSED = 1000;

/** What a request may have: Postfix sends about 40 lines; its line_length_limit is 2048. */
const MOST_LINES = 100;
const MOST_CHARACTERS = 32_768;

/** The attributes that we look at, of the thirty or more that come with each request. */
const USED: ReadonlySet<string> = new Set([
  'request',
  'protocol_state',
  'client_address',
  'client_name',
  'helo_name',
  'sender',
  'recipient',
  'queue_id',
  'instance',
  'sasl_username',
]);

const DUNNO = 'action=DUNNO\n\n';

/** The protocol, for a line server. */
export function policyProtocol(parts: PolicyParts): LineProtocol {
  const passed: PassedBounces = new RecentMap(MOST_PASSED);
  return { name: 'policy', tooLong: DUNNO, open: () => openSession(parts, passed) };
}

function openSession(parts: PolicyParts, passed: PassedBounces): LineSession {
  let lines: string[] = [];
  let characters = 0;
  return {
    line: (line) => {
      if (line !== '') {
        characters += line.length;
        // One line more is kept, by which the parser sees that there were too many.
        if (lines.length <= MOST_LINES && characters <= MOST_CHARACTERS + line.length) lines.push(line);
        return undefined;
      }
      const request = parsePolicyRequest(lines);
      lines = [];
      characters = 0;
      return answer(request, parts, passed);
    },
  };
}

function answer(request: PolicyRequest, parts: PolicyParts, passed: PassedBounces): Answer {
  switch (request.kind) {
    case 'dunno':
      return { text: DUNNO, close: false };
    case 'malformed':
      return malformedRequest(DUNNO, request.problem);
    case 'check': {
      const bounce = bounceOf(request);
      if (bounce !== undefined && passed.get(bounce) === true) return { text: DUNNO, close: false };
      const check: Check = { ...request.check, id: parts.nextId() };
      const text = chain(parts.answerCheck(check), (verdict) => {
        if (bounce !== undefined && verdict.kind === 'white') passed.set(bounce, true);
        return formatVerdict(verdict, () => parts.replyText(check, verdict));
      });
      return { text, close: false };
    }
  }
}

/**
 * A bounce passes once, then it has to wait again. But Postfix asks twice about a recipient when two of its lists of
 * restrictions say so, and the second answer would hold each bounce up for ever.
 */
function bounceOf({ check, instance }: Extract<PolicyRequest, { kind: 'check' }>): string | undefined {
  if (instance === undefined || !isNullSender(check.sender)) return undefined;
  return `${instance} ${check.client.text} ${check.recipient.text}`;
}

/** The answer to a request. `replyText` is asked only for verdicts that need it. */
function formatVerdict(verdict: Verdict, replyText: () => string): string {
  switch (verdict.kind) {
    case 'white':
      return DUNNO;
    case 'grey':
      return `action=DEFER_IF_PERMIT ${oneLine(replyText())}\n\n`;
    case 'black':
      return `action=REJECT ${oneLine(replyText())}\n\n`;
  }
}

/** What the lines of a request, without the empty one, ask for. Never throws. */
export function parsePolicyRequest(lines: readonly string[]): PolicyRequest {
  if (lines.length > MOST_LINES) return malformed(`more than ${MOST_LINES} lines`);
  const attributes = new Map<string, string>();
  let characters = 0;
  for (const line of lines) {
    const equals = line.indexOf('=');
    if (equals <= 0) return malformed(`no name=value: ${line.slice(0, 80)}`);
    characters += line.length;
    const name = line.slice(0, equals);
    if (USED.has(name)) attributes.set(name, line.slice(equals + 1));
  }
  if (characters > MOST_CHARACTERS) return malformed(`more than ${MOST_CHARACTERS} characters`);
  return judgeAttributes(attributes);
}

function judgeAttributes(attributes: ReadonlyMap<string, string>): PolicyRequest {
  if (attributes.get('request') !== 'smtpd_access_policy') return malformed('not request=smtpd_access_policy');
  if (attributes.get('protocol_state') !== 'RCPT' || known(attributes.get('sasl_username')) !== undefined) {
    return { kind: 'dunno' };
  }
  const client = attributes.get('client_address');
  const sender = attributes.get('sender');
  const recipient = attributes.get('recipient');
  if (!client) return malformed('no client_address');
  const address = parseAddress(client);
  if (address === undefined) return malformed(`client_address=${client.slice(0, 80)} is not an IP address`);
  if (sender === undefined) return malformed('no sender');
  if (!recipient) return malformed('no recipient');
  return {
    kind: 'check',
    instance: known(attributes.get('instance')),
    check: {
      client: address,
      sender: parseMailbox(sender),
      recipient: parseMailbox(recipient),
      via: 'policy',
      ...detailsOf(attributes),
    },
  };
}

function detailsOf(attributes: ReadonlyMap<string, string>): Details {
  const details: Details = {};
  const clientName = known(attributes.get('client_name'));
  const helo = known(attributes.get('helo_name'));
  // The queue file is made at the first recipient that is accepted; until then only the instance names the message.
  const queueId = known(attributes.get('queue_id')) ?? known(attributes.get('instance'));
  if (clientName !== undefined && clientName !== 'unknown') details.clientName = clientName;
  if (helo !== undefined) details.helo = helo;
  if (queueId !== undefined) details.queueId = queueId;
  return details;
}

/** Postfix sends what it does not know as an empty value. */
function known(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function malformed(problem: string): PolicyRequest {
  return { kind: 'malformed', problem };
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}
