import { expect, test } from 'vitest';
import { writtenValues } from './config-values.ts';
import type { Config, OptionName } from './options.ts';
import { readConfig } from './read-config.ts';
import { waitingForRestart, withoutRestart } from './takes-restart.ts';

function configOf(text: string): Config {
  return readConfig('dd.conf', () => text).config;
}

test.for<[started: string, read: string, waiting: OptionName[], inForce: Partial<Record<OptionName, string>>]>([
  ['retry 3d', 'retry 4d', [], { retry: '4d' }],
  ['name a', 'name b\nretry 3d', ['name'], { name: 'a', retry: '3d' }],
  ['peer mx2', 'peer mx3', ['peer'], { peer: 'mx2' }],
  ['milter_spam_header X-A a', 'milter_spam_header X-A b', [], { milter_spam_header: 'X-A b' }],
  ['', 'accept 192.0.2.1\naccept_writer mx3', ['accept', 'accept_writer'], { accept: 'none', accept_writer: 'none' }],
  ['', 'accept_reader mx3', ['accept_reader'], { accept_reader: 'none' }],
  ['accept 192.0.2.1', 'accept none\naccept_reader mx3', [], { accept: 'none', accept_reader: 'mx3' }],
  ['listen peer [::1]:1', 'listen peer [::1]:1\naccept mx3', [], { accept: 'mx3' }],
  ['server_read mx2', 'server_read mx2\naccept mx2', ['accept'], { accept: 'none' }],
])('started with %j, %j read: %j wait', ([started, read, waiting, inForce]) => {
  const [before, after] = [configOf(started), configOf(read)];
  expect(waitingForRestart(before, after)).toEqual(waiting);
  expect(writtenValues(withoutRestart(before, after))).toMatchObject(inForce);
});
