import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { notifySystemd } from './notify-systemd.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddgrey-notify-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function installProgram(script: string): void {
  writeFileSync(join(directory, 'systemd-notify'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

test('nothing is sent when systemd did not ask for it', async () => {
  installProgram('exit 1');
  expect(await notifySystemd({ PATH: directory })).toBeUndefined();
});

test("systemd's own program is told the state, the process and the socket", async () => {
  installProgram(`echo "$@ $NOTIFY_SOCKET" > ${directory}/told`);
  expect(await notifySystemd({ PATH: directory, NOTIFY_SOCKET: '/run/n' })).toBeUndefined();
  expect(readFileSync(join(directory, 'told'), 'utf8')).toBe(`--pid=${process.pid} READY=1 /run/n\n`);
});

test('a program that is missing or fails is told, not thrown', async () => {
  expect(await notifySystemd({ PATH: directory, NOTIFY_SOCKET: '/run/n' })).toContain('ENOENT');
  installProgram('echo no such socket >&2; exit 1');
  expect(await notifySystemd({ PATH: directory, NOTIFY_SOCKET: '/run/n' })).toContain('no such socket');
});
