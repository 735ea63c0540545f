// Values that are right by themselves but not together, or out of the range that makes sense.
import { formatSocketAddress } from '../lib/socket-address.ts';
import { MISFIT_DELAY } from '../policy/window.ts';
import type { OptionLine, Problem } from './option-lines.ts';
import { duration } from './option-types.ts';
import { type Config, OPTIONS, type OptionName } from './options.ts';

/** The line that set each option; options at their default are not in it. */
export type Origins = ReadonlyMap<OptionName, OptionLine>;

interface Conflict {
  /** Those that take part; it is reported where the last one of them that is set was set. */
  readonly options: readonly OptionName[];
  readonly message: string;
}

const DELAYS = ['grey_min', 'grey_short', 'grey_default', 'grey_long', 'grey_max'] as const;

/** Least and most seconds. A timer of Node's that is to wait longer than 24 days does not wait at all. */
const RANGES: readonly (readonly [
  name: 'answer_deadline' | 'GREY_CLEANUP_INTERVAL' | 'dns_timeout' | 'GREY_CONNECT_TIMEOUT',
  least: number,
  most: number,
])[] = [
  ['answer_deadline', 1, 3600],
  ['GREY_CLEANUP_INTERVAL', 1, 604_800],
  ['dns_timeout', 1, 60],
  ['GREY_CONNECT_TIMEOUT', 1, 3600],
];

const RULES: readonly ((config: Config) => readonly Conflict[])[] = [
  delays,
  misfitDelays,
  bounceDelay,
  ranges,
  sharedAddress,
];

/**
 * The problems, each at a line that set one of the options it is about, or at none if all are at their default. Options of
 * which a line was wrong are left out: what they will be is not known.
 */
export function checkConfig(config: Config, origins: Origins, wrong: ReadonlySet<OptionName>): readonly Problem[] {
  const conflicts = RULES.flatMap((rule) => rule(config)).filter(
    ({ options }) => !options.some((name) => wrong.has(name)),
  );
  return conflicts.map(({ options, message }) => {
    const places = options.flatMap((name) => origin(name, origins) ?? []);
    const { file = '', line = 0 } = places.at(-1) ?? {};
    return { file, line, message };
  });
}

function origin(name: OptionName, origins: Origins): OptionLine | undefined {
  return origins.get(name) ?? origins.get(OPTIONS[name].follows as OptionName);
}

function delays(config: Config): readonly Conflict[] {
  const tooLong = DELAYS.filter((name) => config[name] >= config.retry);
  if (tooLong.length === 0) return [];
  const message = `${listed(tooLong)} must be shorter than retry, or no retry could ever pass`;
  return [{ options: [...tooLong, 'retry'], message }];
}

function misfitDelays(config: Config): readonly Conflict[] {
  if (!config.GREY_COMPAT_DOMAIN_CHECK) return [];
  const tooLong = DELAYS.filter((name) => {
    const misfit = Math.max(2 * config[name], MISFIT_DELAY);
    return config[name] < config.retry && misfit >= config.retry;
  });
  if (tooLong.length === 0) return [];
  const message = `with GREY_COMPAT_DOMAIN_CHECK twice ${listed(tooLong)}, and at least 15m, must be shorter than retry, or no retry of a sender that does not fit its client could ever pass`;
  return [{ options: [...tooLong, 'GREY_COMPAT_DOMAIN_CHECK', 'retry'], message }];
}

function bounceDelay(config: Config): readonly Conflict[] {
  if (config.GREY_MIN_DELAY_NULLSENDER < config.GREY_MAX_DELAY_NULLSENDER) return [];
  return [
    {
      options: ['GREY_MIN_DELAY_NULLSENDER', 'GREY_MAX_DELAY_NULLSENDER'],
      message: 'GREY_MIN_DELAY_NULLSENDER must be shorter than GREY_MAX_DELAY_NULLSENDER, or no bounce could ever pass',
    },
  ];
}

function ranges(config: Config): readonly Conflict[] {
  return RANGES.filter(([name, least, most]) => config[name] < least || config[name] > most).map(
    ([name, least, most]) => ({
      options: [name],
      message: `${name} must be from ${duration.write(least)} to ${duration.write(most)}`,
    }),
  );
}

function sharedAddress({ listen }: Config): readonly Conflict[] {
  // Port 0 is another one each time.
  const fixed = listen.filter(({ address }) => address.kind === 'unix' || address.port !== 0);
  const texts = fixed.map(({ address }) => formatSocketAddress(address));
  if (new Set(texts).size === texts.length) return [];
  return [{ options: ['listen'], message: 'listen: two lines with the same address' }];
}

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), names.at(-1)].filter((part) => part !== '').join(' and ');
}
