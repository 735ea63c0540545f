// ddgrey config: what is in force, what the default would be, and where it was set. Reads the file; needs no daemon.
import { describeInForce, type OptionInForce } from '../config/describe-config.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Command } from './command.ts';
import { formatTable } from './render.ts';
import { fitTable } from './screen.ts';

export const configCommand: Command = {
  name: 'config',
  arguments: '',
  about: 'the value of every option, its default, and where it was set',
  least: 0,
  most: 0,
  tellsMistakes: true,
  run: async ({ location, json, screen }) => {
    const { config, origins } = loadConfig(location.configFile);
    const options = describeInForce(config, origins);
    if (json) return { text: `${JSON.stringify(options, undefined, 2)}\n`, exitCode: 0 };
    const table = formatTable(['option', 'in force', 'default', 'set at'], options.flatMap(rows));
    return { text: fitTable(table, screen), exitCode: 0 };
  },
};

/** A row for each line that the value, or the default, takes in a configuration file. */
function rows({ name, value, default: standard, setAt = '' }: OptionInForce): string[][] {
  const values = value.split('\n');
  const standards = standard.split('\n');
  return Array.from({ length: Math.max(values.length, standards.length) }, (_, line) => [
    line === 0 ? name : '',
    values[line] ?? '',
    standards[line] ?? '',
    line === 0 ? setAt : '',
  ]);
}
