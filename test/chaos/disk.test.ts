// The disk is full, or cannot be written.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REAL_CLOCK, type TestDaemon, testDaemon } from '../system/daemon.ts';
import { run, startProcess, until } from '../system/processes.ts';
import { HOME } from '../system/programs.ts';
import { temporaryDirectory } from '../system/temporary-directory.ts';
import { integrityOf } from '../system/what-was-kept.ts';
import { askOnce, askUntilAnswer, verdictLine } from './questions.ts';

interface Disk extends AsyncDisposable {
  readonly path: string;
}

/** A disk of its own, in memory. */
async function smallDisk(options: string): Promise<Disk> {
  const directory = await temporaryDirectory();
  await run('mount', '-t', 'tmpfs', '-o', options, 'tmpfs', directory.path);
  return {
    path: directory.path,
    [Symbol.asyncDispose]: async () => {
      await run('umount', '--lazy', directory.path);
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** A disk that can fail: one of its own kind in a file of this one. */
async function breakableDisk(): Promise<Disk> {
  await using parts = new AsyncDisposableStack();
  const directory = parts.use(await temporaryDirectory());
  const [image, path] = [directory.file('image'), directory.file('disk')];
  await writeFile(image, Buffer.alloc(16 * 1024 * 1024));
  await mkdir(path);
  await run('mkfs.ext4', '-q', image);
  await run('mount', '-o', 'loop', image, path);
  parts.defer(async () => void (await run('umount', '--lazy', path)));
  const mounted = parts.move();
  return { path, [Symbol.asyncDispose]: () => mounted.disposeAsync() };
}

/** A container may have none to give. */
const hasLoopDevices = await run('losetup', '--find').then(
  () => true,
  () => false,
);

async function fill(path: string): Promise<void> {
  const size = 64 * 1024;
  for (let bytes = size; bytes >= 512; bytes /= 2) {
    for (let n = 0; ; n += 1) {
      const written = await writeFile(`${path}.${bytes}.${n}`, Buffer.alloc(bytes)).then(
        () => true,
        () => false,
      );
      if (!written) break;
    }
  }
}

async function isGreyAgain(daemon: TestDaemon): Promise<string> {
  let asked = 0;
  return until('an answer that is kept', async () => {
    asked += 1;
    return (await askOnce(daemon, `healed${asked}`)) === '200 grey' && `healed${asked}`;
  });
}

test('on a full disk mail flows, the log says why, and it heals by itself', async () => {
  await using disk = await smallDisk('size=6m');
  const database = join(disk.path, 'ddgrey.db');
  await using daemon = await testDaemon(REAL_CLOCK, `database ${database}`, 'grey_default 1h', 'GREY_PENDING_NORMAL 0');
  expect(await askOnce(daemon, 'before')).toBe('200 grey');
  await fill(join(disk.path, 'filler'));
  await askUntilAnswer(daemon, 'full', '200 white', 50_000);
  expect(await daemon.logLine('reason=failed')).toMatch(/verdict=white .*cause=".*(?:full|no space|I\/O).*"/);

  await run('find', disk.path, '-name', 'filler*', '-delete');
  const kept = await isGreyAgain(daemon);
  await daemon.end('SIGKILL');
  await daemon.start();
  expect([await askOnce(daemon, 'before'), await askOnce(daemon, kept)]).toEqual(['200 grey', '200 grey']);
  expect(await verdictLine(daemon, 'before')).toContain('reason=early');
  expect(await verdictLine(daemon, kept)).toContain('reason=early');
  await daemon.end('SIGTERM');
  expect(integrityOf(database)).toBe('ok');
});

test.skipIf(!hasLoopDevices)(
  'when the disk can only be read any more mail flows, and what is known stays so',
  async () => {
    await using disk = await breakableDisk();
    const database = join(disk.path, 'ddgrey.db');
    await using daemon = await testDaemon(
      REAL_CLOCK,
      `database ${database}`,
      'grey_default 1h',
      'GREY_PENDING_NORMAL 0',
    );
    expect(await askOnce(daemon, 'before')).toBe('200 grey');
    // What a file system does that finds itself damaged.
    await run('mount', '-o', 'remount,abort', disk.path);
    for (const name of ['during', 'later']) {
      expect(await askOnce(daemon, name)).toBe('200 white');
      expect(await verdictLine(daemon, name)).toMatch(/verdict=white reason=failed .*cause=".*(?:read-only|I\/O).*"/);
    }
    expect(await askOnce(daemon, 'before')).toBe('200 grey');
    expect(await verdictLine(daemon, 'before', 2)).toContain('reason=early');
    await daemon.end('SIGTERM');
  },
);

test('on a disk that cannot be written it does not start, and says so in one line', async () => {
  await using disk = await smallDisk('size=1m');
  await writeFile(join(disk.path, 'ddgrey.conf'), 'user root\nresolver 127.0.0.1:1\nreputation no\n');
  await run('mount', '-o', 'remount,ro', disk.path);
  await using daemon = startProcess(join(HOME, 'bin/ddgreyd'), '-D', disk.path);
  expect(await daemon.exit).toBe(1);
  expect(daemon.output()).toMatch(
    /^ddgreyd: cannot lock \S+: it is on a read-only file system, or under systemd missing in ReadWritePaths= .*\n$/,
  );
});
