// A mail that a user reports as spam, as ddgrey-report gets it from an alias: who delivered the spam to us? The spam is an
// attached mail, in a feedback report (RFC 5965) or not, or the mail itself when it was resent to the alias. Its Received
// lines are walked from the top, from our own hosts to the first that is not ours: that one is reported. What stands
// below was written by strangers and is never looked at.
import { knownFields } from '../lib/known-fields.ts';
import { type Address, parseAddress } from '../policy/address.ts';
import { NULL_SENDER, type Seconds } from '../policy/check.ts';
import { isLocal } from '../policy/local-networks.ts';
import type { Report } from '../policy/report.ts';
import { decodedBody, type Header, headerValue, leafParts, type Part, parsePart } from './mime-parts.ts';
import { type Hop, parseReceived } from './received.ts';

/** The most bytes of a mail that are looked at. */
export const MAIL_LIMIT: number = 25 * 1024 * 1024;

export type ReportedMail =
  | { readonly kind: 'report'; readonly report: Report }
  /** `problem` is for the user's eyes, in a bounce. */
  | { readonly kind: 'unusable'; readonly problem: string };

export interface ReportingRules {
  /** Our own hosts and those that forward mail to us. */
  readonly isTrusted: (address: Address) => boolean;
  readonly now: Seconds;
}

const HOP_LIMIT = 200;

/** What the mail reports, or why nothing. Never throws; bytes above MAIL_LIMIT are left out. */
export function readReportedMail(bytes: Uint8Array, rules: ReportingRules): ReportedMail {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, MAIL_LIMIT));
  const mail = parsePart(view);
  const below = isResent(mail.headers) ? belowResent(mail.headers) : undefined;
  // Its own lines first: what a redirected spam has attached, or says of an earlier redirection, may be made up.
  const redirected = below && blameResent(below, rules);
  if (redirected !== undefined) return redirected;
  const leaves = leafParts(mail);
  const attached = leaves.filter(isMail);
  const [spam, another] = attached;
  if (another !== undefined) return unusable('too many attached messages found');
  if (spam !== undefined) return blameAttached(spam, leaves, rules);
  return below === undefined ? unusable('no attached message found') : blame([], rules);
}

/** What report_verify answers when the report's mail was never seen. */
export function notReceived({ ip, mtaId }: Report): string {
  return `no mail was found received from ${ip} id ${mtaId ?? '(none)'}`;
}

/** Whom a redirected mail blames by its own headers; undefined: they do not tell how it came here. */
function blameResent(below: readonly Header[], rules: ReportingRules): ReportedMail | undefined {
  const hops = received(below, 'received');
  const read = blame(hops, rules);
  // Where the lines do not say who brought the mail, that one may have written what seems to be renamed.
  if (read.kind === 'report' || hops.some(isOpaque)) return read;
  // Whoever redirected the mail may have renamed its lines so; those under the right name then tell of the redirection.
  const kept = received(below, 'x-received');
  if (kept.some((hop) => hop.from !== undefined)) return blame(kept, rules);
  return hops.length > 0 ? read : undefined;
}

function blameAttached(spam: Part, leaves: readonly Part[], rules: ReportingRules): ReportedMail {
  const { headers } = parsePart(decodedBody(spam));
  const hops = received(headers, 'received');
  if (hops.length > 0) return blame(hops, rules);
  const feedback = leaves.find(({ contentType }) => contentType === 'message/feedback-report');
  return blame(feedback === undefined ? [] : [feedbackHop(feedback)], rules);
}

function blame(hops: readonly Hop[], rules: ReportingRules): ReportedMail {
  for (const hop of hops) {
    // An own user sent it, or a client of which nothing is known: whatever is below is only somebody's word.
    if (hop.authenticated || isOpaque(hop)) break;
    if (hop.from === undefined || isLocal(hop.from) || rules.isTrusted(hop.from)) continue;
    return { kind: 'report', report: reportOf(hop, hop.from, rules.now) };
  }
  return unusable('only trusted senders found in received');
}

function reportOf({ sender, recipient, id, time = Infinity }: Hop, from: Address, now: Seconds): Report {
  return {
    reporter: 'ddgrey-report',
    time: Math.min(time, now),
    ip: from.text,
    event: 'manual',
    ...knownFields({ sender, recipient, mtaId: id }),
  };
}

/** Whether the mail came over the network at this hop, but the line does not say from where. */
function isOpaque({ namesClient, isGarbled, from, protocol = '' }: Hop): boolean {
  return isGarbled || (namesClient && from === undefined && /^(?:utf8)?e?smtps?$/.test(protocol));
}

function isMail({ contentType }: Part): boolean {
  return ['message/rfc822', 'message/global', 'text/rfc822-headers', 'message/global-headers'].includes(contentType);
}

function isResent(headers: readonly Header[]): boolean {
  return headers.some(({ name }) => name === 'resent-to' || name === 'resent-from');
}

function received(headers: readonly Header[], name: string): Hop[] {
  const lines = headers.filter((header) => header.name === name).slice(0, HOP_LIMIT);
  return lines.map(({ value }) => parseReceived(value));
}

// RFC 5322 section 3.6.6: who resends a mail puts a block of headers on top of those that were there. The topmost is that of
// whoever redirected the mail to us; any below it came with the mail.
function belowResent(headers: readonly Header[]): readonly Header[] {
  return headers.slice(headers.findIndex(({ name }) => name.startsWith('resent-')));
}

/** The hop that a feedback report tells of (RFC 5965 section 3.2): asked only if the spam's own lines were taken out. */
function feedbackHop(feedback: Part): Hop {
  const { headers } = parsePart(decodedBody(feedback));
  const from = parseAddress(headerValue(headers, 'source-ip') ?? '');
  const sender = headerValue(headers, 'original-mail-from')?.replace(/^<|>$/g, '');
  const recipient = headerValue(headers, 'original-rcpt-to')?.replace(/^<|>$/g, '');
  const { time } = parseReceived(`; ${headerValue(headers, 'arrival-date') ?? ''}`);
  return knownFields({
    namesClient: true,
    isGarbled: false,
    authenticated: false,
    from,
    sender: sender === '' ? NULL_SENDER : sender,
    recipient,
    time,
  });
}

function unusable(problem: string): ReportedMail {
  return { kind: 'unusable', problem };
}
