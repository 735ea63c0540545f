// ddgrey: the command line. Arguments, printing, exit code.
import { parseArgs } from 'node:util';
import { locateConfig } from '../config/locate-config.ts';
import { VERSION } from '../lib/version.ts';
import type { Outcome } from './command.ts';
import { COMMANDS } from './commands.ts';

const USAGE = `ddgrey - asks and tells a running ddgreyd

  ddgrey [-D DIR] [-c FILE] [--json] COMMAND [ARGUMENT...]

${COMMANDS.map((command) => `  ${`${command.name} ${command.arguments}`.padEnd(38)}${command.about}`).join('\n')}

  -D, --directory DIR   the daemon's directory (default /var/lib/ddgrey)
  -c, --config FILE     its configuration (default DIR/ddgrey.conf; without -D /etc/ddgrey/ddgrey.conf)
      --json            print JSON
  -h, --help            this text
  -V, --version         the version

Exit code: 0 done, 1 failed (no daemon answers, a command was refused), 2 wrong arguments.
`;

/** A mistake in the arguments. */
class UsageError extends Error {}

async function main(args: readonly string[]): Promise<Outcome> {
  const { values, positionals } = readArguments(args);
  if (values.help) return { text: USAGE, exitCode: 0 };
  if (values.version) return { text: `ddgrey ${VERSION}\n`, exitCode: 0 };
  const [name, ...words] = positionals;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (name === undefined) throw new UsageError('which command?');
  if (command === undefined) throw new UsageError(`there is no command ${name}`);
  if (words.length < command.least || words.length > command.most)
    throw new UsageError(`usage: ddgrey ${command.name} ${command.arguments}`.trimEnd());
  return command.run({ location: locateConfig(values.directory, values.config), words, json: values.json });
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        directory: { type: 'string', short: 'D' },
        config: { type: 'string', short: 'c' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', short: 'V', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

// `ddgrey tuples | head` wants no more.
process.stdout.on('error', () => {});
try {
  const { text, exitCode } = await main(process.argv.slice(2));
  process.stdout.write(text);
  process.exitCode = exitCode;
} catch (error) {
  const usage = error instanceof UsageError;
  process.stderr.write(`ddgrey: ${error instanceof Error ? error.message : String(error)}\n`);
  if (usage) process.stderr.write("Try 'ddgrey --help'.\n");
  process.exitCode = usage ? 2 : 1;
}
