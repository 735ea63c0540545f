// Spam traps: addresses that no honest sender has. A file in the manner of an aliases file names them, one a line:
//
//   user@example.org: hard      a whole address
//   user@: soft                 this user in every domain
//   example.org: hard           everybody in the domain and below it; `@example.org` is the same
//
// White space around the words and comments from `#` on do not count, nor does the case of letters.
import type { Mailbox } from '../policy/check.ts';
import { asciiDomain, parents } from '../policy/domains.ts';
import { parseTrapTarget, TRAP_TARGETS } from '../policy/trap-target.ts';

export type TrapKind = 'hard' | 'soft';

export interface Trap {
  /** In lower case: `user@domain`, `user@` or `domain`. */
  readonly target: string;
  readonly kind: TrapKind;
}

/** A line that names no trap. */
export interface BadLine {
  readonly line: number;
  readonly problem: string;
}

export interface TrapFile {
  readonly traps: readonly Trap[];
  readonly badLines: readonly BadLine[];
}

/** Looks traps up. */
export interface TrapIndex {
  readonly size: number;
  /** What the recipient is a trap of; undefined: it is none. `hard` where both would fit. */
  trapFor(recipient: Mailbox): TrapKind | undefined;
}

const LINE_SHOWN = 80;

/** The traps of a file's text; bad lines are named and change nothing else. */
export function parseTraps(text: string): TrapFile {
  const traps: Trap[] = [];
  const badLines: BadLine[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.split('#', 1)[0]?.trim() ?? '';
    if (words === '') continue;
    const trap = parseTrap(words);
    if (typeof trap === 'string') badLines.push({ line: index + 1, problem: trap });
    else traps.push(trap);
  }
  return { traps, badLines };
}

/** An index over all these traps. */
export function indexTraps(traps: readonly Trap[]): TrapIndex {
  const kinds = new Map<string, TrapKind>();
  for (const { target, kind } of traps) if (kinds.get(target) !== 'hard') kinds.set(target, kind);
  return {
    size: kinds.size,
    trapFor: (recipient) => {
      let found: TrapKind | undefined;
      for (const target of targetsOf(recipient)) {
        found = kinds.get(target) ?? found;
        if (found === 'hard') break;
      }
      return found;
    },
  };
}

function parseTrap(words: string): Trap | string {
  const colon = words.lastIndexOf(':');
  const kind = words
    .slice(colon + 1)
    .trim()
    .toLowerCase();
  if (colon < 0 || (kind !== 'hard' && kind !== 'soft')) {
    return `${JSON.stringify(words.slice(0, LINE_SHOWN))} does not end in ": hard" or ": soft"`;
  }
  const word = words.slice(0, colon).trim();
  const target = parseTrapTarget(word);
  return target === undefined
    ? `${JSON.stringify(word.slice(0, LINE_SHOWN))} is not ${TRAP_TARGETS}`
    : { target, kind };
}

function targetsOf({ local, domain: written }: Mailbox): readonly string[] {
  if (written === '') return [];
  const domain = asciiDomain(written);
  return [`${local}@${domain}`, `${local}@`, domain, ...parents(domain)];
}
