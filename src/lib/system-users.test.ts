import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { groupId, groupName, groupsOf, primaryGroup, userId } from './system-users.ts';

const { username, uid, gid } = userInfo();

test('who there is', () => {
  expect([userId(username), primaryGroup(username), groupId(groupName(gid))]).toEqual([uid, gid, gid]);
  expect(groupsOf(username)).toContain(gid);
});

const NO_USER = 'there is no user no-such-user; name another, or make it: useradd --system no-such-user';

test.for<[what: string, ask: () => unknown, told: string]>([
  ['user', () => userId('no-such-user'), NO_USER],
  ['user', () => primaryGroup('no-such-user'), NO_USER],
  ['user', () => groupsOf('no-such-user'), NO_USER],
  ['user', () => userId("a'b"), "there is no user a'b; name another, or make it: useradd --system 'a'\\''b'"],
  [
    'group',
    () => groupId('no-such-group'),
    'there is no group no-such-group; name another, or make it: groupadd --system no-such-group',
  ],
])('a %s that there is not: %s', ([, ask, told]) => {
  expect(ask).toThrow(new Error(told));
});

let programs: string;
beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'ddgrey-users-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(programs, { recursive: true });
});

test('that a user cannot be asked for does not mean that there is none', () => {
  vi.stubEnv('PATH', programs);
  expect(() => userId(username)).toThrow(/^cannot run id -u -- .*ENOENT/);
  expect(() => groupId('mail')).toThrow(/^cannot run getent group mail: .*ENOENT/);
  writeFileSync(join(programs, 'id'), '#!/bin/sh\nkill -TERM $$\n');
  chmodSync(join(programs, 'id'), 0o755);
  expect(() => userId(username)).toThrow(`cannot run id -u -- ${username}: ended by SIGTERM`);
});
