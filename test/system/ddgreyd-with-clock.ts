// ddgreyd for tests: `ddgreyd-with-clock.ts DIR`. The same daemon, but its clock is ahead by the seconds in DIR/clock, so
// that a test need not wait for a delay to pass.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load-config.ts';
import { startDaemon } from '../../src/daemon.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { createLog, type LogLevel } from '../../src/lib/log.ts';

const [directory = '.'] = process.argv.slice(2);
const { config } = loadConfig(join(directory, 'ddgrey.conf'));
const clock: Clock = { now: () => Date.now() + Number(readFileSync(join(directory, 'clock'), 'utf8')) * 1000 };
const level = Math.max(1, Number(config.log_level)) as LogLevel;
const log = createLog({ level, format: config.log_format }, (text) => process.stdout.write(text));

const commands = {
  reload: () => Promise.reject(new Error('not in this test')),
  stop: () => process.kill(process.pid, 'SIGTERM'),
};
await using _daemon = await startDaemon({ config, directory, clock, log, commands });
log.event(0, 'ready');
const { promise: told, resolve: tell } = Promise.withResolvers<void>();
process.once('SIGTERM', () => tell());
await told;
