import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemClock } from '../lib/clock.ts';
import { hostsFile } from './hosts-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-hosts-'));
afterAll(() => rmSync(directory, { recursive: true }));

const FILE = join(directory, 'hosts');
const TEXT = `127.0.0.1\tlocalhost
# 192.0.2.9 mx9
192.0.2.1   mx1.example.org mx1   # the first
  192.0.2.2 MX2.Example.org.\r
2001:db8::2 mx2.example.org
::ffff:192.0.2.3 mx3
nonsense mx4
fe80::1%eth0 mx5
192.0.2.6`;

test.for([
  ['localhost', ['127.0.0.1']],
  ['mx1', ['192.0.2.1']],
  ['MX1.example.org.', ['192.0.2.1']],
  ['mx2.example.org', ['192.0.2.2', '2001:db8::2']],
  ['mx3', ['192.0.2.3']],
  ['mx4', []],
  ['mx5', []],
  ['mx9', []],
  ['the', []],
  ['', []],
] as const)('%s has %j', async ([name, addresses]) => {
  writeFileSync(FILE, TEXT);
  expect(await hostsFile(systemClock, FILE)(name)).toEqual(addresses);
});

test('it is read again when it has changed, and need not be there', async () => {
  const hosts = hostsFile(systemClock, join(directory, 'late'));
  expect(await hosts('mx1')).toEqual([]);
  writeFileSync(join(directory, 'late'), '192.0.2.1 mx1\n');
  expect(await Promise.all([hosts('mx1'), hosts('mx1')])).toEqual([['192.0.2.1'], ['192.0.2.1']]);
  writeFileSync(join(directory, 'late'), '192.0.2.11 mx1\n');
  expect(await hosts('mx1')).toEqual(['192.0.2.11']);
  rmSync(join(directory, 'late'));
  expect(await hosts('mx1')).toEqual([]);
});
