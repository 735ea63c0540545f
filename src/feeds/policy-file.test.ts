import { writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../lib/clock.ts';
import { type Log, silentLog } from '../lib/log.ts';
import { parseMailbox } from '../policy/check.ts';
import type { Policy } from '../policy/rules.ts';
import { followPolicyFile, type PolicyFile } from './policy-file.ts';

let directory: string;
let path: string;
let logged: string[];
let policies: Policy[];

const log: Log = {
  ...silentLog,
  event: (_level, event, fields) => logged.push([event, ...Object.values(fields ?? {})].join(' ')),
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ddgrey-policy-'));
  path = join(directory, 'policy');
  logged = [];
  policies = [];
});

afterEach(() => rm(directory, { recursive: true }));

/** `next` is what the file says as soon as its first version is in force. */
function follow(next?: string): Promise<PolicyFile> {
  const onPolicy = (policy: Policy): void => {
    policies.push(policy);
    if (next !== undefined && policies.length === 1) writeFileSync(path, next);
  };
  return followPolicyFile({ path, clock: systemClock, log, onPolicy });
}

function says(policy: Policy | undefined, sender: string): boolean | undefined {
  return policy?.from.byMailbox(parseMailbox(sender)) !== undefined;
}

test('a good file is in force before anything else happens', async () => {
  await writeFile(path, 'GreyCheckFrom:example.com NO\n');
  await using _file = await follow();
  expect(policies).toHaveLength(1);
  expect(says(policies[0], 'a@example.com')).toBe(true);
  expect(says(policies[0], 'a@example.net')).toBe(false);
  expect(logged).toEqual([`policy file read ${path}`]);
});

test('warnings are logged, the first of very many by name', async () => {
  await writeFile(path, 'GreyCheckFrom:example.com NO\n'.repeat(25));
  await using _file = await follow();
  expect(logged).toHaveLength(22);
  expect(logged[0]).toContain(`${path}:2: GreyCheckFrom:example.com: has no effect`);
  expect(logged.slice(-2)).toEqual(['policy file and 4 more', `policy file read ${path}`]);
});

test('a file that is broken at the start is refused, with its lines', async () => {
  await writeFile(path, 'GreyCheckFrom:example.com MAYBE\n\nnonsense\n');
  await expect(follow()).rejects.toThrow(new RegExp(`^${path}:1: .*MAYBE.*\n${path}:3: `));
  expect(policies).toEqual([]);
});

test('a file that is not there is refused', async () => {
  await expect(follow()).rejects.toThrow(/^cannot read .*: no such file$/);
});

test('a new version is in force once it is seen', async () => {
  await writeFile(path, 'GreyCheckFrom:example.com NO\n');
  await using _file = await follow('GreyCheckFrom:example.net NO\n');
  await vi.waitFor(() => expect(policies).toHaveLength(2));
  expect([says(policies[1], 'a@example.com'), says(policies[1], 'a@example.net')]).toEqual([false, true]);
});

test('a new version that is broken is named, and the one before stays', async () => {
  await writeFile(path, 'GreyCheckFrom:example.com NO\n');
  await using _file = await follow('GreyCheckFrom:example.com MAYBE\n');
  await vi.waitFor(() => expect(logged).toHaveLength(2));
  expect(logged[1]).toMatch(/^policy file not read; the one before stays .*:1: .*MAYBE/);
  expect(policies).toHaveLength(1);
});

test('who asks for it to be read is told whether it is in force, every time', async () => {
  await writeFile(path, 'GreyCheckFrom:example.com NO\n');
  await using file = await follow();
  await file.read();
  await writeFile(path, 'GreyCheckFrom:example.com MAYBE\n');
  await expect(file.read()).rejects.toThrow(/:1: .*MAYBE/);
  expect(await file.problem()).toMatch(/:1: .*MAYBE/);
  await expect(file.read()).rejects.toThrow(/:1: .*MAYBE/);
  const refused = expect.stringMatching(/^policy file not read; the one before stays .*:1: .*MAYBE/);
  expect(logged.slice(1)).toEqual([refused, refused]);
  await writeFile(path, 'GreyCheckFrom:example.net NO\n');
  await Promise.all([file.read(), file.read()]);
  expect(policies).toHaveLength(2);
});
