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
    const names = given.flatMap((text) => text.split(/[\s,|]+/)).filter((name) => name !== '');
    return names.length === 0 ? undefined : parseFlags(names);
  },
  write: (value) => {
    if (value.size === DEWHITE_FLAGS.length) return 'All';
    return value.size === 0 ? 'None' : DEWHITE_FLAGS.filter((flag) => value.has(flag)).join(' ');
  },
};

function parseFlags(names: readonly string[]): ReadonlySet<DewhiteFlag> | undefined {
  const flags = new Set<DewhiteFlag>();
  for (const name of names.map((text) => text.toLowerCase())) {
    if (name === 'all') return new Set(DEWHITE_FLAGS);
    if (name === 'none') return new Set();
    const flag = DEWHITE_FLAGS.find((candidate) => candidate.toLowerCase() === name);
    if (flag === undefined) return undefined;
    flags.add(flag);
  }
  return flags;
}
