// ddgrey: the command line. Arguments, printing, exit code.
import { readableConfig } from '../config/load-config.ts';
import { LOCATION_OPTIONS, type Location, locateConfig } from '../config/locate-config.ts';
import { nearest } from '../config/nearest.ts';
import { helpText } from '../lib/program-page.ts';
import { failureText, readOptions, UsageError } from '../lib/usage-error.ts';
import { VERSION } from '../lib/version.ts';
import { type Command, type Flag, FLAGS, type Outcome } from './command.ts';
import { COMMANDS } from './commands.ts';
import { DDGREY_PAGE } from './ddgrey-page.ts';
import { howToRun } from './how-to-run.ts';
import { listCommand } from './listing.ts';
import { pagerCommand } from './pager.ts';
import { print } from './print.ts';
import { processScreen } from './screen.ts';
import { shown } from './shown.ts';
import { needSubject, readSubject } from './subject-argument.ts';

async function main(args: readonly string[]): Promise<Outcome> {
  const { values, positionals } = readArguments(args);
  if (values.help || positionals[0] === 'help') return { text: helpText(DDGREY_PAGE), exitCode: 0 };
  if (values.version) return { text: `ddgrey ${VERSION}\n`, exitCode: 0 };
  const flags = FLAGS.filter((flag) => values[flag] === true);
  const { command, words } = commandOf(positionals, flags);
  if (words.length < command.least || words.length > command.most)
    throw new UsageError(`usage: ddgrey ${command.name} ${command.arguments}`.trimEnd());
  const odd = flags.find((flag) => command.flags?.includes(flag) !== true);
  if (odd !== undefined) throw new UsageError(`${command.name} does not take --${odd}`);
  if (values.json && command.ownForm === true) throw new UsageError(`${command.name} does not take --json`);
  const location = locateConfig(values);
  if (command.tellsMistakes !== true) warnOfMistakes(location);
  return command.run({ location, words, flags: new Set(flags), json: values.json, screen: processScreen(process) });
}

/** Warns that the configuration has mistakes: the daemon goes on with the one before. Throws if the file can't be read. */
function warnOfMistakes(location: Location): void {
  const { configFile } = location;
  const { length } = readableConfig(configFile).errors;
  const mistakes = length === 1 ? 'a mistake' : `${length} mistakes`;
  const look = `${howToRun(location).ask} config`;
  if (length > 0) process.stderr.write(`ddgrey: ${configFile} has ${mistakes}: see ${look}\n`);
}

/** The command that the words name; if none, a listing of all, or of an address, network or domain. */
function commandOf(
  [name, ...words]: readonly string[],
  flags: readonly Flag[],
): { command: Command; words: readonly string[] } {
  if (name === undefined) return { command: listCommand, words: [] };
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command !== undefined) return { command, words };
  // In the other programs -c names the configuration.
  if (flags.includes('calc') && name.endsWith('.conf'))
    throw new UsageError(`-c computes standings; the configuration is named by --config ${name}`);
  // With an @, or an option of the listing, it is no mistyped command.
  if (name.includes('@') || flags.some((flag) => flag !== 'wide')) needSubject(name);
  else if (readSubject(name) === undefined) throw new UsageError(noCommand(name));
  return { command: listCommand, words: [name, ...words] };
}

function noCommand(name: string): string {
  const guess = nearest(
    name.toLowerCase(),
    COMMANDS.map((command) => command.name),
  );
  return `there is no command ${name}${guess === undefined ? '' : `; did you mean ${guess}?`}`;
}

function readArguments(args: readonly string[]) {
  const flag = (short?: string) => ({ type: 'boolean', default: false, ...(short && { short }) }) as const;
  return readOptions({
    args: [...args],
    allowPositionals: true,
    options: {
      white: flag('w'),
      grey: flag('g'),
      black: flag('b'),
      scores: flag('s'),
      events: flag('e'),
      calc: flag('c'),
      remove: flag('r'),
      'dry-run': flag(),
      wide: flag(),
      ...LOCATION_OPTIONS,
      config: { type: 'string' },
      // An option of the original: there is nothing more to say.
      debug: { type: 'boolean', short: 'd', multiple: true },
      json: flag(),
      help: flag('h'),
      version: flag('V'),
    },
  });
}

try {
  const outcome = await main(process.argv.slice(2));
  const { exitCode, note } = outcome;
  // Where all programs look for it, and nothing else is taken from the environment.
  // oxlint-disable-next-line node/no-process-env
  await print(outcome, process.stdout, pagerCommand(process.env['PAGER']));
  if (note !== undefined) process.stderr.write(`ddgrey: ${note}\n`);
  process.exitCode = exitCode;
} catch (error) {
  process.stderr.write(shown(failureText('ddgrey', error)));
  // An answer that was taken for something else.
  if (error instanceof TypeError)
    process.stderr.write('ddgrey: perhaps ddgreyd is of another version; see ddgrey doctor\n');
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
