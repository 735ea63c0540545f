// ddgreyd: arguments, signals, exit code.
import { checkCertificates } from './check-certificates.ts';
import { checkTraps } from './check-traps.ts';
import { print } from './cli/print.ts';
import { checkMachine } from './config/check-machine.ts';
import { checkPolicyFile } from './config/check-policy-file.ts';
import { loadConfig } from './config/load-config.ts';
import { LOCATION_OPTIONS, type Location, locateConfig } from './config/locate-config.ts';
import type { Config } from './config/options.ts';
import type { FurtherCheck } from './config/read-config.ts';
import { waitingForRestart } from './config/takes-restart.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { DAEMON_PAGE } from './daemon-page.ts';
import { systemClock } from './lib/clock.ts';
import { causeOf } from './lib/error-cause.ts';
import { createLog, type Log, type LogLevel, type LogSettings } from './lib/log.ts';
import { logOutput } from './lib/log-output.ts';
import { notifySystemd } from './lib/notify-systemd.ts';
import { helpText } from './lib/program-page.ts';
import { watchTerminal } from './lib/terminal.ts';
import { failureText, readOptions, UsageError } from './lib/usage-error.ts';
import { VERSION } from './lib/version.ts';

/** Milliseconds that a log line waits for others: writing each by itself would cost as much as a check. */
const LOG_DELAY = 10;
/** Milliseconds at the end in which the log must be read: what waits for a reader would keep the process alive for ever. */
const LAST_LINES = 1000;

interface Arguments extends Location {
  readonly debug: number;
  readonly action: 'run' | 'check-config' | 'help' | 'version';
}

/** Runs the daemon until it is told to stop. Resolves to the exit code. */
async function main(words: readonly string[]): Promise<number> {
  // Whoever read stderr may be gone by the time that a configuration is read again and has warnings.
  process.stderr.on('error', () => {});
  const given = readArguments(words);
  if (given.action === 'help') return say(helpText(DAEMON_PAGE));
  if (given.action === 'version') return say(`ddgreyd ${VERSION}\n`);
  const config = load(given.configFile, machineCheck(given));
  if (given.action === 'check-config') return say(`${given.configFile}: no errors\n`);
  const output = logOutput(process.stdout);
  const log = createLog(logSettings(config, given.debug), output.write, { delay: LOG_DELAY });
  await run(given, config, log);
  log.flush();
  if (!(await output.left(LAST_LINES))) process.exit(0);
  return 0;
}

/** Starts the daemon, and ends it in good order when a signal says so. */
async function run(given: Arguments, config: Config, log: Log): Promise<void> {
  // Before anything is started, so that a signal that comes early still ends it in good order.
  const stop = anyOf('SIGTERM', 'SIGINT');
  const { promise: started, resolve: onStarted } = Promise.withResolvers<() => Promise<void>>();
  // A reload during the start waits for its end: the daemon may have read files that have changed since.
  const reload = async (): Promise<void> => (await started)();
  const isHungUp = watchTerminal();
  process.on('SIGHUP', () => {
    // Whoever closes the terminal of a daemon in the foreground means to end it, as with Ctrl-C.
    if (isHungUp()) process.kill(process.pid, 'SIGTERM');
    else void reload().catch(() => {});
  });
  await using daemon = await startDaemon({
    config,
    directory: given.directory,
    clock: systemClock,
    log,
    commands: { reload, stop: () => process.kill(process.pid, 'SIGTERM') },
  });
  onStarted(reloader(given, config, daemon, log));
  log.event(0, 'ready', { version: VERSION, pid: process.pid, directory: given.directory });
  // Nothing else is taken from the environment: systemd's socket is.
  // oxlint-disable-next-line node/no-process-env
  const problem = await notifySystemd(process.env);
  if (problem !== undefined) log.event(0, 'systemd was not told', { cause: problem });
  const signal = await stop;
  log.event(0, 'stopping', { signal });
}

function readArguments(words: readonly string[]): Arguments {
  const { values } = readOptions({
    args: [...words],
    options: {
      ...LOCATION_OPTIONS,
      config: { type: 'string', short: 'c' },
      debug: { type: 'boolean', short: 'd', multiple: true, default: [] },
      'check-config': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      version: { type: 'boolean', short: 'V', default: false },
    },
  });
  const action = values.help ? 'help' : values.version ? 'version' : values['check-config'] ? 'check-config' : 'run';
  return { ...locateConfig(values), debug: values.debug.length, action };
}

/** The configuration; its warnings are printed. Throws, naming every problem, if there is an error. */
function load(file: string, further?: FurtherCheck): Config {
  return loadConfig(file, further, (warning) => process.stderr.write(`${warning}\n`)).config;
}

/**
 * What is checked beyond the configuration itself: at a start not the files and certificates, which the daemon then
 * reads itself.
 */
function machineCheck({ action, directory }: Arguments): FurtherCheck {
  return (config, set) => {
    const machine = checkMachine(config, set, directory);
    // The daemon finds out itself what may be in its way.
    if (action !== 'check-config') return machine.filter(({ warning }) => warning !== true);
    const files = [...checkPolicyFile(config, directory), ...checkTraps(config, directory)];
    return [...machine, ...checkCertificates(config, set, directory), ...files];
  };
}

/**
 * What SIGHUP does: everything that can change without a restart changes, the rest is named; errors change nothing, are
 * logged, and are thrown for whoever asked over a socket.
 */
function reloader(given: Arguments, started: Config, daemon: Daemon, log: Log): () => Promise<void> {
  return async () => {
    try {
      const config = load(given.configFile);
      daemon.configure(config);
      log.configure(logSettings(config, given.debug));
      const waiting = waitingForRestart(started, config).join(',');
      log.event(0, 'configuration read again', waiting === '' ? {} : { needs_restart: waiting });
    } catch (error) {
      log.event(0, 'configuration not changed', { cause: causeOf(error) });
      throw error;
    }
    await daemon.readPolicy();
  };
}

function logSettings(config: Config, debug: number): LogSettings {
  return { format: config.log_format, level: Math.min(3, Math.max(Number(config.log_level), debug)) as LogLevel };
}

function anyOf(...signals: readonly NodeJS.Signals[]): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  // Not once(): a terminal's Ctrl-C reaches a daemon under npm twice, and the second must not cut off the checks in hand.
  for (const signal of signals) process.on(signal, resolve);
  return promise;
}

async function say(text: string): Promise<number> {
  await print({ text }, process.stdout);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(failureText('ddgreyd', error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
