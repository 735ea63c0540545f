// What a spam trap stands for: `user@example.org`, `user@` in every domain, or a domain with all below it.
import { canonicalDomain } from './domains.ts';

// A word without a dot could be anything; behind an @ it is a host of one's own. `*@example.org` would not be all of
// the domain, but a user that there is nowhere. NUL and U+FFFD are what is left of another encoding than UTF-8.
const TARGET = /^(?:[^\s@:*\0\ufffd]+@)?(?:[\p{L}\p{N}_-]+\.)+[\p{L}\p{N}_-]+$|^[^\s@:*\0\ufffd]+@[\p{L}\p{N}_-]*$/u;

export const TRAP_TARGETS = 'user@domain, user@ or a domain, without * and in UTF-8';

/** The target that a word names, in lower case; `@example.org` is the domain. Undefined if it names none. */
export function parseTrapTarget(word: string): string | undefined {
  const target = word.toLowerCase().replace(/^@/, '').replace(/\.$/, '');
  if (!TARGET.test(target)) return undefined;
  const domainStart = target.lastIndexOf('@') + 1;
  return `${target.slice(0, domainStart)}${canonicalDomain(target.slice(domainStart))}`;
}
