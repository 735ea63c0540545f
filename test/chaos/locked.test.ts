// Another process has the database for itself.
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { MOVABLE_CLOCK, testDaemon } from '../system/daemon.ts';
import { until } from '../system/processes.ts';
import { integrityOf } from '../system/what-was-kept.ts';
import { askOnce, verdictLine } from './questions.ts';

test('mail flows while another process writes, first attempts are kept, and all is noted again when it is done', async () => {
  await using daemon = await testDaemon(MOVABLE_CLOCK, 'grey_default 1h', 'GREY_PENDING_NORMAL 0');
  expect(await askOnce(daemon, 'before')).toBe('200 grey');
  // It is listed, so it is in the database.
  expect(await daemon.ask('tuples')).toHaveLength(1);
  {
    using other = new DatabaseSync(daemon.file('ddgrey.db'));
    other.exec('BEGIN IMMEDIATE');
    other.exec(`UPDATE meta SET value = value WHERE name = 'log restarts'`);
    expect(await askOnce(daemon, 'locked')).toBe('200 grey');
    await daemon.logLine('storing first attempts failed');
    // What is only read is known all the same.
    expect(await askOnce(daemon, 'before')).toBe('200 grey');
    await daemon.advance(3600);
    for (const name of ['before', 'locked']) {
      expect(await askOnce(daemon, name)).toBe('200 white');
      expect(await verdictLine(daemon, name, name === 'before' ? 3 : 2)).toMatch(/reason=failed .*locked/);
    }
    other.exec('COMMIT');
  }
  await daemon.logLine('first attempts are stored again');
  await until('a retry that is noted', async () => {
    await askOnce(daemon, 'locked');
    return daemon.log().includes('reason=retried');
  });
  await daemon.end('SIGTERM');
  expect(integrityOf(daemon.file('ddgrey.db'))).toBe('ok');
});
