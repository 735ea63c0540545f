// The option type of GREY_DEWHITE_FLAGS.
import { DEWHITE_FLAGS, type DewhiteFlag } from '../policy/dewhite.ts';
import type { OptionType } from './option-types.ts';

/**
 * Names of flags, between them blanks, commas or `|`. They are read from left to right; `All` and `None` end the list,
 * whatever stood before.
 */
export const dewhiteFlags: OptionType<ReadonlySet<DewhiteFlag>> = {
  allowed: `None, All, or some of ${DEWHITE_FLAGS.join(', ')}`,
  parse: (given) => {
    const names = namesIn(given);
    return names.length === 0 ? undefined : parseFlags(names);
  },
  oddities: (given) => namesIn(given).flatMap((name) => IDLE.get(name.toLowerCase()) ?? []),
  write: (value) => {
    if (value.size === DEWHITE_FLAGS.length) return 'All';
    return value.size === 0 ? 'None' : DEWHITE_FLAGS.filter((flag) => value.has(flag)).join(' ');
  },
};

/** Words that ze-filter takes, the first as its default, and that do nothing there. */
const IDLE: ReadonlyMap<string, string> = new Map([
  ['domainmismatch', 'DomainMismatch has no effect, as in ze-filter; what its manual means is DomainMatch'],
  ['nullsender', 'NullSender has no effect, as in ze-filter'],
]);

function namesIn(given: readonly string[]): readonly string[] {
  return given.flatMap((text) => text.split(/[\s,|]+/)).filter((name) => name !== '');
}

function parseFlags(names: readonly string[]): ReadonlySet<DewhiteFlag> | undefined {
  const flags = new Set<DewhiteFlag>();
  for (const name of names.map((text) => text.toLowerCase())) {
    if (name === 'all') return new Set(DEWHITE_FLAGS);
    if (name === 'none') return new Set();
    if (IDLE.has(name)) continue;
    const flag = DEWHITE_FLAGS.find((candidate) => candidate.toLowerCase() === name);
    if (flag === undefined) return undefined;
    flags.add(flag);
  }
  return flags;
}
