// Another process has the database for itself.
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { REAL_CLOCK, testDaemon } from '../system/daemon.ts';
import { integrityOf } from '../system/what-was-kept.ts';
import { askOnce, askUntilAnswer, verdictLine } from './questions.ts';

test('mail flows while another process writes, and is greylisted again when it is done', async () => {
  await using daemon = await testDaemon(REAL_CLOCK, 'grey_default 1h', 'GREY_PENDING_NORMAL 0');
  expect(await askOnce(daemon, 'before')).toBe('200 grey');
  {
    using other = new DatabaseSync(daemon.file('ddgrey.db'));
    other.exec('BEGIN IMMEDIATE');
    other.exec(`UPDATE meta SET value = value WHERE name = 'log restarts'`);
    expect(await askOnce(daemon, 'locked')).toBe('200 white');
    expect(await verdictLine(daemon, 'locked')).toMatch(/reason=failed .*locked/);
    // What is only read is known all the same.
    expect(await askOnce(daemon, 'before')).toBe('200 grey');
    other.exec('COMMIT');
  }
  await askUntilAnswer(daemon, 'after', '200 grey', 50);
  await daemon.end('SIGTERM');
  expect(integrityOf(daemon.file('ddgrey.db'))).toBe('ok');
});
