// ddgrey config: what is in force, what the default would be, and where it was set. Reads the file; needs no daemon.
import { describeInForce } from '../config/describe-config.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Command } from './command.ts';
import { formatTable } from './render.ts';

export const configCommand: Command = {
  name: 'config',
  arguments: '',
  about: 'the value of every option, its default, and where it was set',
  least: 0,
  most: 0,
  run: async ({ location, json }) => {
    const { config, origins } = loadConfig(location.configFile);
    const options = describeInForce(config, origins);
    if (json) return { text: `${JSON.stringify(options, undefined, 2)}\n`, exitCode: 0 };
    const rows = options.map((option) => [
      option.name,
      oneLine(option.value),
      oneLine(option.default),
      option.setAt ?? '',
    ]);
    return { text: formatTable(['option', 'in force', 'default', 'set at'], rows), exitCode: 0 };
  },
};

function oneLine(value: string): string {
  return value.split('\n').join(' | ');
}
