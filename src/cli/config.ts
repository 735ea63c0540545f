// ddgrey config: what the configuration files say, what the default would be, where it was set, and, if a daemon answers,
// which of it is not in force.
import { getServers } from 'node:dns';
import { hostname } from 'node:os';
import { describeValues, type DescribedOption } from '../config/config-values.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Location } from '../config/locate-config.ts';
import { anyOption, type Config, type OptionName } from '../config/options.ts';
import { causeOf } from '../lib/error-cause.ts';
import type { GoesBy } from '../peers/sync-protocol.ts';
import { askDaemon, itemOf } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { howToRun } from './how-to-run.ts';
import { type NotInForce, notInForce, waitingFor } from './not-in-force.ts';
import { formatTable } from './render.ts';
import { fitTable } from './screen.ts';

export const configCommand: Command = {
  name: 'config',
  arguments: '',
  about: 'the value of every option, its default, where it was set, and what waits for a restart or reload',
  least: 0,
  most: 0,
  tellsMistakes: true,
  run: async ({ location, json, screen }) => {
    const { config, origins } = loadConfig(location.configFile);
    const options = describeValues(config, origins).map(inPlainWords);
    const waiting = await askWhatWaits(location, config);
    const waits = new Map(typeof waiting === 'string' ? [] : waiting.map((option) => [option.name, option]));
    if (json) {
      const told = options.map((option) => ({ ...option, ...waits.get(option.name) }));
      return { text: `${JSON.stringify(told, undefined, 2)}\n`, exitCode: 0 };
    }
    const table = formatTable(
      ['option', 'in the files', 'default', 'set at'],
      options.flatMap((option) => rows(option, waits.has(option.name))),
    );
    return { text: `${fitTable(table, screen)}\n${inWords(waiting, location)}`, exitCode: 0 };
  },
};

/** The options that are not in force as the files have them, or why no daemon tells. */
async function askWhatWaits(location: Location, config: Config): Promise<readonly NotInForce[] | string> {
  try {
    return notInForce(config, itemOf<GoesBy>(await askDaemon(location, 'config')));
  } catch (error) {
    return causeOf(error);
  }
}

function inWords(waiting: readonly NotInForce[] | string, location: Location): string {
  if (typeof waiting === 'string') return `What is in force is not known: ${waiting}\n`;
  if (waiting.length === 0) return 'All of it is in force.\n';
  const how = howToRun(location);
  return (['restart', 'reload'] as const)
    .map((what) => [what, waitingFor(what, waiting)] as const)
    .filter(([, names]) => names !== '')
    .map(([what, names]) => `* not in force before a ${what}: ${names} (${how[what]})\n`)
    .join('');
}

/** Defaults that are worked out, as they are on this machine. */
const WORKED_OUT: { readonly [Name in OptionName]?: () => string } = {
  name: hostname,
  resolver: () => getServers().join(' '),
};

/** The option with a default that is worked out as what it comes to, and told in words: no line of a file could say it. */
function inPlainWords(option: DescribedOption): DescribedOption {
  const { defaultNote, follows } = anyOption(option.name);
  if (defaultNote === undefined || follows !== undefined) return option;
  const value = option.setAt === undefined ? (WORKED_OUT[option.name]?.() ?? '') : option.value;
  return { ...option, value, default: defaultNote };
}

/** A row for each line that the value, or the default, takes in a configuration file. */
function rows({ name, value, default: standard, setAt }: DescribedOption, waits: boolean): string[][] {
  const [values, standards] = [value.split('\n'), standard.split('\n')];
  return Array.from({ length: Math.max(values.length, standards.length) }, (_, line) => [
    line === 0 ? `${name}${waits ? ' *' : ''}` : '',
    values[line] ?? '',
    standards[line] ?? '',
    line === 0 ? (setAt ?? '') : '',
  ]);
}
