// Values that are right by themselves but not together.
import { formatSocketAddress } from '../lib/socket-address.ts';
import type { OptionLine, Problem } from './option-lines.ts';
import type { Listener } from './option-types.ts';
import type { Config, OptionName } from './options.ts';

/** The line that set each option; options at their default are not in it. */
export type Origins = ReadonlyMap<OptionName, OptionLine>;

interface Rule {
  /** Those that take part; the problem is reported where the last one of them that is set was set. */
  readonly options: readonly OptionName[];
  readonly broken: (config: Config) => boolean;
  readonly message: string;
}

const RULES: readonly Rule[] = [
  {
    options: ['grey_default', 'retry'],
    broken: (config) => config.grey_default >= config.retry,
    message: 'grey_default must be shorter than retry, or no retry could ever pass',
  },
  {
    options: ['GREY_MIN_DELAY_NULLSENDER', 'GREY_MAX_DELAY_NULLSENDER', 'grey_default'],
    broken: (config) =>
      Math.max(config.GREY_MIN_DELAY_NULLSENDER, config.grey_default) >= config.GREY_MAX_DELAY_NULLSENDER,
    message:
      'GREY_MAX_DELAY_NULLSENDER must be longer than GREY_MIN_DELAY_NULLSENDER and grey_default, or no bounce could ever pass',
  },
  {
    options: ['answer_deadline'],
    broken: ({ answer_deadline: deadline }) => deadline < 1 || deadline > 3600,
    message: 'answer_deadline must be from 1s to 1h',
  },
  {
    options: ['GREY_CLEANUP_INTERVAL'],
    // A timer of Node's that is to wait longer than 24 days does not wait at all.
    broken: ({ GREY_CLEANUP_INTERVAL: interval }) => interval < 1 || interval > 604_800,
    message: 'GREY_CLEANUP_INTERVAL must be from 1s to 1w',
  },
  {
    options: ['listen'],
    broken: ({ listen }) => hasDuplicates(listen.filter(isFixed).map(({ address }) => formatSocketAddress(address))),
    message: 'listen: two lines with the same address',
  },
];

/**
 * The problems, each at a line that set one of the options it is about, or at none if all are at their default. Options of
 * which a line was wrong are left out: what they will be is not known.
 */
export function checkConfig(config: Config, origins: Origins, wrong: ReadonlySet<OptionName>): readonly Problem[] {
  return RULES.filter((rule) => !rule.options.some((name) => wrong.has(name)) && rule.broken(config)).map(
    ({ options, message }) => {
      const places = options.flatMap((name) => origins.get(name) ?? []);
      const { file = '', line = 0 } = places.at(-1) ?? {};
      return { file, line, message };
    },
  );
}

/** Port 0 is another one each time. */
function isFixed({ address }: Listener): boolean {
  return address.kind === 'unix' || address.port !== 0;
}

function hasDuplicates(texts: readonly string[]): boolean {
  return new Set(texts).size < texts.length;
}
