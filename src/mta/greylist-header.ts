// The header that delivered mail gets from the milter:
//   X-Greylist: delayed 312 seconds by ddgrey at mx.example.org; Tue, 14 Nov 2023 22:13:20 +0000
//   X-Greylist: not delayed (the client is trusted) by ddgrey at mx.example.org; Tue, 14 Nov 2023 22:13:20 +0000
import type { Seconds } from '../policy/check.ts';
import { REASONS, type White } from '../policy/verdict.ts';

export const GREYLIST_HEADER = 'X-Greylist';

/** The value for mail that passed with this verdict. */
export function greylistHeader(verdict: White, host: string, now: Seconds): string {
  const { reason, waited } = verdict;
  const what = waited === undefined ? `not delayed (${REASONS[reason]})` : `delayed ${waited} seconds`;
  const date = new Date(now * 1000).toUTCString().replace('GMT', '+0000');
  return `${what} ${signature(host)}; ${date}`;
}

/**
 * Whether a header that came with the mail says it is ours: it is forged then. Those of other hosts tell of the mail's
 * earlier way (as RFC 8601 section 5 has it for Authentication-Results).
 */
export function isForged(name: string, value: string, host: string): boolean {
  if (name.toLowerCase() !== GREYLIST_HEADER.toLowerCase()) return false;
  const [, ...behindSignatures] = value.replace(/\s+/g, ' ').toLowerCase().split(signature(host).toLowerCase());
  // A longer name is another host; with a dot at its end it is the same one.
  return behindSignatures.some((text) => !/^\.?[\w-]/.test(text));
}

function signature(host: string): string {
  return `by ddgrey at ${host}`;
}
