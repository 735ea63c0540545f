// The values of a configuration, option by option, as a file would have them.
import type { Origins } from './conflict.ts';
import { anyOption, type Config, OPTIONS, type OptionName } from './options.ts';

const NAMES = Object.keys(OPTIONS) as OptionName[];

/** One option as `ddgrey config` shows it. */
export interface OptionInForce {
  readonly name: OptionName;
  /** As the file would have it; several lines for what needs them. */
  readonly value: string;
  readonly default: string;
  /** `FILE:LINE`, or undefined where the default is in force. */
  readonly setAt: string | undefined;
}

/** What is in force, option by option, in the table's order. */
export function describeInForce(config: Config, origins: Origins): readonly OptionInForce[] {
  return NAMES.map((name) => {
    const { type, follows, default: standard } = anyOption(name);
    const place = origins.get(name);
    return {
      name,
      value: type.write(config[name]),
      default: type.write(follows === undefined ? standard : config[follows as OptionName]),
      setAt: place && `${place.file}:${place.line}`,
    };
  });
}

/** The values, as a file would have them. */
export function writtenValues(config: Config): { readonly [name: string]: string } {
  return Object.fromEntries(NAMES.map((name) => [name, anyOption(name).type.write(config[name])]));
}
