// The values of a configuration, option by option, as a file would have them.
import type { Origins } from './conflict.ts';
import { anyOption, type Config, OPTION_NAMES, type OptionName } from './options.ts';

/** One option as `ddgrey config` shows it. */
export interface DescribedOption {
  readonly name: OptionName;
  /** As the file would have it; several lines for what needs them. */
  readonly value: string;
  readonly default: string;
  /** `FILE:LINE`, or undefined where the default is in force. */
  readonly setAt: string | undefined;
}

/** All options, in the table's order. A running daemon may not go by all of them yet. */
export function describeValues(config: Config, origins: Origins): readonly DescribedOption[] {
  return OPTION_NAMES.map((name) => {
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
  return Object.fromEntries(OPTION_NAMES.map((name) => [name, anyOption(name).type.write(config[name])]));
}
