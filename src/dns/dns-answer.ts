// What a response says about the question: found, absent or failed.
import type { Seconds } from '../policy/check.ts';
import type { DnsRecord, Response } from './dns-message.ts';
import type { Lookup, Question, Records } from './resolver.ts';

const NO_ERROR = 0;
const NO_SUCH_NAME = 3;
const CODES: { readonly [code: number]: string } = { 1: 'FORMERR', 2: 'SERVFAIL', 4: 'NOTIMP', 5: 'REFUSED' };
const MAX_ALIASES = 16;

interface End {
  readonly name: string;
  readonly ttl: Seconds;
  readonly aliases: number;
}

/** The outcome of a complete response. Aliases are followed inside the answer, wherever in it they stand. */
export function lookupOf(response: Response, question: Question): Lookup<Records> {
  if (response.code !== NO_ERROR && response.code !== NO_SUCH_NAME)
    return failed(CODES[response.code] ?? `code ${response.code}`);
  const end = followAliases(response.answers, response.question.name);
  if (end === undefined) return failed('the aliases go round in a circle');
  if (response.code === NO_SUCH_NAME) return { kind: 'absent', ttl: Math.min(negativeTtl(response) ?? 0, end.ttl) };
  const records = response.answers.filter(({ name, type }) => type === question.type && name === end.name);
  return records.length === 0 ? noRecords(response, end) : found(records, end.ttl);
}

function found(records: readonly DnsRecord[], ttl: Seconds): Lookup<Records> {
  return {
    kind: 'found',
    value: [...new Set(records.map(({ value }) => value))],
    ttl: records.reduce((least, record) => Math.min(least, record.ttl), ttl),
  };
}

/** RFC 2308 section 2.2: an SOA tells "no such records" from a referral to other servers, which is no answer at all. */
function noRecords(response: Response, end: End): Lookup<Records> {
  const ttl = negativeTtl(response);
  if (ttl !== undefined) return { kind: 'absent', ttl: Math.min(ttl, end.ttl) };
  if (response.authority.some(({ type }) => type === 'NS')) return failed('the server only refers to others');
  return end.aliases > 0 ? failed('an alias leads out of the answer') : { kind: 'absent', ttl: 0 };
}

function followAliases(answers: readonly DnsRecord[], start: string): End | undefined {
  let end: End = { name: start, ttl: Number.POSITIVE_INFINITY, aliases: 0 };
  while (end.aliases <= MAX_ALIASES) {
    const { name, ttl, aliases } = end;
    const alias = answers.find((record) => record.type === 'CNAME' && record.name === name);
    if (alias === undefined) return end;
    end = { name: alias.value, ttl: Math.min(ttl, alias.ttl), aliases: aliases + 1 };
  }
  return undefined;
}

function negativeTtl({ authority }: Response): Seconds | undefined {
  return authority.find(({ type }) => type === 'SOA')?.ttl;
}

function failed(error: string): Lookup<Records> {
  return { kind: 'failed', error };
}
