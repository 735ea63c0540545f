// docs/migration.md names only what there is.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/commands.ts';
import { OPTIONS } from '../src/config/options.ts';
import { readConfig } from '../src/config/read-config.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../docs/migration.md'), 'utf8');
/** The right column of its tables, and the prose. */
const OURS = TEXT.split('\n')
  .map((line) => (line.startsWith('|') ? (line.split('|')[2] ?? '') : line))
  .join('\n');
const NAMED = [...OURS.matchAll(/`([^`]+)`/g)].map(([, words = '']) => words.replaceAll('\n', ' '));
const NAMES = new Set(Object.entries(OPTIONS).flatMap(([name, { aliases }]) => [name, ...(aliases ?? [])]));

/** What the page says of others, or of our protocol. */
const FOREIGN = ['check_quit', 'check_and_quit', 'smtpd_recipient_restrictions'];
const withValues = NAMED.filter((words) => /^\w+ \S/.test(words) && NAMES.has(words.split(' ')[0] ?? ''));

test('it names many options', () => {
  expect(NAMED.filter((words) => NAMES.has(words)).length).toBeGreaterThan(15);
  expect(withValues.length).toBeGreaterThan(10);
});

test.for(NAMED.filter((words) => /^(?:[a-z0-9]+_\w+|GREY_\w+)$/.test(words)))('%s is an option', (name) => {
  expect([...NAMES, ...FOREIGN]).toContain(name);
});

test.for(withValues)('%s can stand in the configuration', (line) => {
  // Whether it fits the other values is another matter.
  const { errors } = readConfig('ddgrey.conf', () => `\n${line}`);
  expect(errors.filter(({ message }) => message.includes('is not allowed'))).toEqual([]);
});

test.for(NAMED.filter((words) => /^ddgrey [a-z]/.test(words)))('%s is a command', (words) => {
  expect(COMMANDS.map(({ name }) => name)).toContain(words.split(' ')[1]);
});
