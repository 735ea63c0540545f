import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../lib/usage-error.ts';
import type { Flag } from './command.ts';
import { feedCommand } from './feed.ts';
import { printed } from './printed.ts';
import { NO_SCREEN } from './screen.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddgrey-feed-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

const LOG = `2023-11-14 20:00:00 H=(x) [203.0.113.7] F=<a@example.com> rejected RCPT <b@example.org>: relay not permitted
2023-11-14 20:00:01 H=(x) [192.0.2.5] F=<a@example.com> rejected RCPT <b@example.org>: relay not permitted
something else
2023-11-14 20:00:02 no MAIL in SMTP connection from [203.0.113.8]
`;

async function feed(flags: readonly Flag[], json = false): Promise<string> {
  const configFile = join(directory, 'ddgrey.conf');
  writeFileSync(configFile, 'trusted 192.0.2.0/24\n');
  writeFileSync(join(directory, 'mainlog'), LOG);
  const words = [join(directory, 'mainlog')];
  const location = { directory, configFile };
  return (await printed(await feedCommand.run({ location, words, json, flags: new Set(flags), screen: NO_SCREEN })))
    .text;
}

test('a dry run shows what a log would report, and a summary', async () => {
  expect((await feed(['dry-run'])).split('\n')).toEqual([
    '2023-11-14 20:00:00 relay                203.0.113.7     a@example.com -> b@example.org',
    '2023-11-14 20:00:02 smtp_no_mail         203.0.113.8     - -> -',
    '4 lines; 1 without a date: 1 relay, 1 smtp_no_mail',
    '',
  ]);
});

test('JSON is a report a line', async () => {
  const lines = (await feed(['dry-run'], true)).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ event: 'relay' }, { event: 'smtp_no_mail' }]);
});

test('nothing but a dry run is offered', async () => {
  await expect(feed([])).rejects.toThrow(UsageError);
});
