import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDirectory } from './directory-lock.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddgrey-lock-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('the holder writes its process id, and takes it away in the end', () => {
  const pidFile = join(directory, 'ddgreyd.pid');
  {
    using _lock = lockDirectory(directory, 'ddgreyd');
    expect(readFileSync(pidFile, 'utf8')).toBe(`${process.pid}\n`);
  }
  expect(existsSync(pidFile)).toBe(false);
});

test('a directory is held once, until it is given back', () => {
  {
    using _lock = lockDirectory(directory, 'ddgreyd');
    expect(() => lockDirectory(directory, 'ddgreyd')).toThrow(`another ddgreyd is running on ${directory}`);
    expect(existsSync(join(directory, 'ddgreyd.pid'))).toBe(true);
  }
  lockDirectory(directory, 'ddgreyd')[Symbol.dispose]();
});

test('a directory that is missing is not called held', () => {
  expect(() => lockDirectory(join(directory, 'none'), 'ddgreyd')).toThrow(/none does not exist; create it/);
});

test('a holder that was killed holds no longer', async () => {
  const script = `
    import { lockDirectory } from ${JSON.stringify(import.meta.resolve('./directory-lock.ts'))};
    globalThis.lock = lockDirectory(${JSON.stringify(directory)}, 'ddgreyd');
    console.log('held');
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(holder, 'exit');
  try {
    await once(holder.stdout, 'data');
    expect(() => lockDirectory(directory, 'ddgreyd')).toThrow('another ddgreyd');
  } finally {
    holder.kill('SIGKILL');
    await ended;
  }
  lockDirectory(directory, 'ddgreyd')[Symbol.dispose]();
});
