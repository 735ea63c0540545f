import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isHeld, lockFor } from './directory-lock.ts';

let directory = '';

function lock(database = 'ddgrey.db', where = directory): Disposable {
  return lockFor(where, join(directory, database));
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddgrey-lock-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('k12: the holder writes its process id, and takes it away in the end', () => {
  const pidFile = join(directory, 'ddgreyd.pid');
  {
    using _lock = lock();
    expect(readFileSync(pidFile, 'utf8')).toBe(`${process.pid}\n`);
  }
  expect(existsSync(pidFile)).toBe(false);
});

test('nobody else may read the locks', () => {
  using _lock = lock();
  const modes = ['ddgreyd.lock', 'ddgrey.db.lock'].map((name) => statSync(join(directory, name)).mode & 0o777);
  expect(modes).toEqual([0o600, 0o600]);
});

test('k18: a directory is held once, until it is given back', () => {
  {
    using _lock = lock();
    expect(() => lock()).toThrow(`another ddgreyd is running on ${directory}`);
    expect(existsSync(join(directory, 'ddgreyd.pid'))).toBe(true);
  }
  lock()[Symbol.dispose]();
});

test('whether a directory is held can be asked, and changes nothing', () => {
  expect(isHeld(directory)).toBe(false);
  {
    using _lock = lock();
    expect([isHeld(directory), isHeld(directory)]).toEqual([true, true]);
  }
  expect(isHeld(directory)).toBe(false);
  lock()[Symbol.dispose]();
});

test('a database is held once, from whatever directory; another beside it is free', () => {
  const [other, third] = ['other', 'third'].map((name) => join(directory, name));
  for (const made of [other, third]) mkdirSync(made ?? '');
  {
    using _lock = lock();
    using _other = lock('other.db', other);
    expect(() => lock('ddgrey.db', third)).toThrow(
      `another ddgreyd uses ${join(directory, 'ddgrey.db')}; each needs a database of its own`,
    );
    expect(existsSync(join(third ?? '', 'ddgreyd.pid'))).toBe(false);
  }
  lock('ddgrey.db', third)[Symbol.dispose]();
});

test('a database is held once, also by a link to it', () => {
  const [other = '', third = ''] = ['other', 'third'].map((name) => join(directory, name));
  for (const made of [other, third]) mkdirSync(made);
  writeFileSync(join(directory, 'ddgrey.db'), '');
  symlinkSync(join(directory, 'ddgrey.db'), join(other, 'link.db'));
  {
    using _lock = lock('other/link.db', other);
    expect(() => lock('ddgrey.db', third)).toThrow(`another ddgreyd uses ${join(directory, 'ddgrey.db')}; `);
  }
  using _lock = lock('ddgrey.db', third);
  expect(() => lock('other/link.db', other)).toThrow(`another ddgreyd uses ${join(other, 'link.db')}; `);
});

test('a directory that is missing is not called held', () => {
  expect(() => lock('ddgrey.db', join(directory, 'none'))).toThrow(/none does not exist; create it/);
});

test.runIf(existsSync('/dev/full'))('a full disk is no matter of rights', () => {
  symlinkSync('/dev/full', join(directory, 'ddgreyd.pid'));
  expect(() => lock()).toThrow(/^cannot lock \S+: ENOSPC: no space left on device, write$/);
});

test('a holder that was killed holds no longer', async () => {
  const script = `
    import { lockFor } from ${JSON.stringify(import.meta.resolve('./directory-lock.ts'))};
    globalThis.lock = lockFor(${JSON.stringify(directory)}, ${JSON.stringify(join(directory, 'ddgrey.db'))});
    console.log('held');
    setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(holder, 'exit');
  try {
    await once(holder.stdout, 'data');
    expect(() => lock()).toThrow('another ddgreyd');
  } finally {
    holder.kill('SIGKILL');
    await ended;
  }
  lock()[Symbol.dispose]();
});
