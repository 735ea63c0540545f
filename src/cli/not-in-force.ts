// Which values of the configuration files the running daemon does not go by, and what puts them in force.
import { anyOption, type Config, OPTION_NAMES, type OptionName } from '../config/options.ts';
import type { GoesBy } from '../peers/sync-protocol.ts';

/** An option of which the files say something else than is in force. */
export interface NotInForce {
  readonly name: OptionName;
  /** The value in force, as a file would have it. */
  readonly inForce: string;
  readonly waitsFor: 'restart' | 'reload';
}

/** The options that are not in force, in the table's order. `config` is what the files say, without mistakes. */
export function notInForce(
  config: Config,
  { options, fixed }: Pick<GoesBy, 'options' | 'fixed'>,
): readonly NotInForce[] {
  return OPTION_NAMES.flatMap((name): NotInForce | [] => {
    const { type } = anyOption(name);
    const inForce = options[name];
    if (inForce === undefined || inForce === type.write(config[name])) return [];
    return { name, inForce, waitsFor: fixed.includes(name) ? 'restart' : 'reload' };
  });
}

/** The names of the options that wait for a restart, or for a reload, for a sentence. */
export function waitingFor(what: NotInForce['waitsFor'], options: readonly NotInForce[]): string {
  return options
    .filter(({ waitsFor }) => waitsFor === what)
    .map(({ name }) => name)
    .join(', ');
}
