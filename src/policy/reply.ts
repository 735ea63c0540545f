// What the sending server is told in words. They name no rule and no table, so that nobody learns more from them than when to
// come back.
import type { Check, Seconds } from './check.ts';
import type { GreyReason, Verdict } from './verdict.ts';

/** GREY_REPLY: the SMTP code, the enhanced status code (RFC 3463) and the text with its placeholders. */
export interface ReplyTemplate {
  readonly code: string;
  readonly status: string;
  readonly text: string;
}

/** What is said unless GREY_REPLY says otherwise. 4.2.0, since some servers take 4.7.1 for a refusal for good. */
export const DEFAULT_REPLY: ReplyTemplate = {
  code: '451',
  status: '4.2.0',
  text: 'Greylisted ({why}), please try again in {wait} (id {id})',
};

const WHY: { readonly [R in GreyReason]: string } = {
  first: 'first contact',
  early: 'tried again too soon',
  limit: 'first contact',
  // Nobody is to tell a blacklisting from a greylisting before its time.
  blacklisted: 'first contact',
  failed: 'temporary failure',
};

/**
 * `CODE:STATUS:TEXT` as a template; undefined unless code and status are of the temporary kind (4xx, 4.x.x), but not 421, and
 * the text has 1 to 400 characters of ASCII. After a 421 mail servers hang up (RFC 5321 section 4.2.2): the other recipients of
 * the message would not even be asked about. In the text `{wait}` stands for the time that is left, `{why}` for the reason,
 * `{id}` for the check's id in the log.
 */
export function parseReplyTemplate(text: string): ReplyTemplate | undefined {
  // With what stands in for placeholders it fits into a reply line (RFC 5321 section 4.5.3.1.5: 512 octets).
  const parts = /^(4(?!21)\d\d):(4\.\d{1,3}\.\d{1,3}):([\x20-\x7e]{1,400})$/.exec(text);
  if (parts === null) return undefined;
  const [, code = '', status = '', words = ''] = parts;
  return { code, status, text: words };
}

const PLACEHOLDERS: readonly string[] = ['{wait}', '{why}', '{id}'];

/** Parts of the text that look like placeholders but are none, and would be sent as they are. */
export function unknownPlaceholders({ text }: ReplyTemplate): readonly string[] {
  return [...text.matchAll(/\{[^{}]*\}/g)].map(([found]) => found).filter((found) => !PLACEHOLDERS.includes(found));
}

/** The template as parseReplyTemplate reads it. */
export function formatReplyTemplate({ code, status, text }: ReplyTemplate): string {
  return `${code}:${status}:${text}`;
}

/** The enhanced status code and the text for a verdict that is not white: `4.2.0 Greylisted, ...`. One line. */
export function replyText(template: ReplyTemplate, check: Check, verdict: Verdict): string {
  if (verdict.kind !== 'grey')
    return `5.7.1 Refused because of earlier mail from ${check.client.text} (id ${check.id})`;
  const text = template.text
    .replaceAll('{wait}', inWords(verdict.wait))
    .replaceAll('{why}', WHY[verdict.told ?? verdict.reason])
    .replaceAll('{id}', check.id);
  return `${template.status} ${text}`;
}

/** A span of seconds in words, rounded up so that whoever believes it is not early: `45 seconds`, `5 minutes`, `4 hours`. */
export function inWords(span: Seconds): string {
  if (span < 120) return span === 1 ? '1 second' : `${span} seconds`;
  const minutes = Math.ceil(span / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.ceil(span / 3600)} hours`;
}
