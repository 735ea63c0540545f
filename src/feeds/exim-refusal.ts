// Lines of Exim's main log about recipients that do not exist or were refused, and about mail that was refused for its content.
import { NULL_SENDER } from '../policy/check.ts';
import { type Host, hostField, isAuthenticated, MAIL_ADDRESS } from './exim-host.ts';
import type { Seen } from './exim-seen.ts';

const REFUSED_SENDER = / F=<((?:[^\s"<>]|"(?:[^"\\]|\\.)*")*)>/;
// Of what the client said behind RCPT, Exim logs 100 bytes: the bracket at the end may be missing.
const REFUSED_RECIPIENT = /^<?((?:[^\s"<>]|"(?:[^"\\]|\\.)*")+)>?: /;
const LOGGED_OF_RECIPIENT = 100;
// A recipient that was cut within quotes. All its characters are one byte each, in the log too, or the cut would be elsewhere.
const CUT_RECIPIENT = /^<?((?:[!#-;=?-~]|"(?:[ !#-[\]-~]|\\[ -/:-~])*")*"(?:[ !#-[\]-~]|\\[ -/:-~])*\\?)$/;
const SPAM = /(?<!\b(?:anti|no|not)[- ])\bspam(?:assassin)?\b/i;
const RELAY = /\b(?:relay not permitted|relaying (?:denied|not permitted|not allowed)|not permitted to relay)\b/i;
const UNKNOWN =
  /^(?:Unrouteable address|(?:unknown|no such) (?:user|recipient|address)\b|(?:user|recipient|address) unknown\b)/i;
const CACHED_CALLOUT = 'Previous (cached) callout verification failure';
// The answer of the server that the mail would go on to. It may refuse for other reasons than that there is no such
// recipient: then it tells of us, or of itself, and nothing of the client.
const CALLOUT = /^response to "RCPT TO:.{0,400}?" from \S+(?: \[[^\s\]]*\])? was: /i;
// RFC 3463: 5.1.x is of addresses; Microsoft 365 says 5.4.1 of unknown ones. Many servers give no such code.
const UNKNOWN_ANSWER = /^55[013](?:[ -](?:5\.1\.(?:[0-6]|10)\b|5\.4\.1\b|(?!\d\.\d))|$)/;

/** A warning of the ACL in conf/ for Exim: log_message = unknown recipient ADDRESS from SENDER */
export function unknownRecipient({ client, tail }: Host): Seen | undefined {
  const found = after(tail, ' Warning: unknown recipient ');
  if (found === undefined) return undefined;
  const end = `${found} `.lastIndexOf(' from ');
  if (end <= 0) return undefined;
  const about = { sender: nullOr(bare(found.slice(end + 6).trim())), recipient: bare(found.slice(0, end)) };
  return { kind: 'unknown', mode: 'verify', client, about };
}

/** A recipient that was refused, for being unknown or for any other reason. */
export function rejectedRecipient({ client, tail }: Host): Seen | undefined {
  const rejected = rejection(tail, ' rejected RCPT ');
  if (rejected === undefined) return undefined;
  const { sender, text } = rejected;
  const { recipient, reason } = refusedRecipient(text) ?? {};
  if (recipient === undefined || reason === undefined) return undefined;
  const about = { sender, recipient };
  const unknown = { kind: 'unknown', mode: 'delivery', client, about } as const;
  const asked = CALLOUT.exec(reason);
  const isRelay = RELAY.test(reason);
  if (asked !== null)
    return UNKNOWN_ANSWER.test(reason.slice(asked[0].length)) && !isRelay ? unknown : { kind: 'refused', recipient };
  if (isRelay) return { kind: 'event', event: 'relay', client, about };
  if (reason.startsWith(CACHED_CALLOUT)) return { ...unknown, cached: true };
  return UNKNOWN.test(reason) ? unknown : undefined;
}

function refusedRecipient(text: string): { recipient: string; reason: string } | undefined {
  const cut = CUT_RECIPIENT.exec(text.slice(0, LOGGED_OF_RECIPIENT))?.[1];
  if (cut !== undefined && text.startsWith(': ', LOGGED_OF_RECIPIENT))
    return { recipient: cut, reason: text.slice(LOGGED_OF_RECIPIENT + 2) };
  const [before = '', recipient] = REFUSED_RECIPIENT.exec(text) ?? [];
  return recipient === undefined ? undefined : { recipient, reason: text.slice(before.length) };
}

/** A mail whose content was looked at: an ACL after DATA or for a MIME part says spam. */
export function refusedAfterData(id: string, text: string): Seen | undefined {
  const host = hostField(text);
  if (host === undefined) return undefined;
  const rejected =
    rejection(host.tail, ' rejected after DATA: ') ?? rejection(host.tail, ' rejected during MIME ACL checks: ');
  if (rejected === undefined || !SPAM.test(rejected.text)) return undefined;
  return { kind: 'event', event: 'spam', client: host.client, about: { sender: rejected.sender, mtaId: id } };
}

/**
 * `SENDER H=HOST P=PROTOCOL ... rejected by local_scan(): TEXT`, behind `F=`. SA-Exim's text begins with "Rejected"; a local_scan
 * may refuse for other reasons than spam.
 */
export function refusedByLocalScan(id: string, text: string): Seen | undefined {
  const sender = MAIL_ADDRESS.exec(text)?.[0];
  const host = sender === undefined ? undefined : hostField(text.slice(sender.length));
  if (sender === undefined || host === undefined) return undefined;
  const mark = ' rejected by local_scan(): ';
  const at = host.tail.indexOf(mark);
  const reason = host.tail.slice(at + mark.length);
  if (at < 0 || host.tail.endsWith(' temporarily', at) || isAuthenticated(host.tail.slice(0, at))) return undefined;
  if (!reason.startsWith('Rejected') && !SPAM.test(reason)) return undefined;
  return { kind: 'event', event: 'spam', client: host.client, about: { sender, mtaId: id } };
}

// `... F=<SENDER> [A=AUTHENTICATOR:USER] rejected WHERE: TEXT`; undefined for an own user, or when it was only put off.
function rejection(tail: string, mark: string): { sender: string; text: string } | undefined {
  const from = REFUSED_SENDER.exec(tail);
  const rest = from === null ? '' : tail.slice(from.index + from[0].length);
  const at = rest.indexOf(mark);
  const fields = rest.slice(0, at);
  if (from === null || at < 0 || fields.endsWith(' temporarily')) return undefined;
  if (isAuthenticated(tail.slice(0, from.index)) || isAuthenticated(fields)) return undefined;
  return { sender: nullOr(from[1] ?? ''), text: rest.slice(at + mark.length) };
}

function after(text: string, mark: string): string | undefined {
  const at = text.indexOf(mark);
  return at < 0 ? undefined : text.slice(at + mark.length);
}

function bare(address: string): string {
  return address.startsWith('<') && address.endsWith('>') ? address.slice(1, -1) : address;
}

function nullOr(sender: string): string {
  return sender === '' ? NULL_SENDER : sender;
}
