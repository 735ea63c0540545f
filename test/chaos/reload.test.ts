// The configuration is read again and again, the policy file is very long.
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { REAL_CLOCK, testDaemon } from '../system/daemon.ts';
import { temporaryDirectory } from '../system/temporary-directory.ts';
import { shortOrLong } from './length.ts';
import { askOnce, clientOf, pidOf, question } from './questions.ts';

test('SIGHUP again and again under load', async () => {
  await using daemon = await testDaemon(REAL_CLOCK, 'grey_default 1h', 'GREY_PENDING_NORMAL 0');
  const pid = pidOf(daemon);
  let loading = true;
  const load = Array.from({ length: 8 }, async (_, connection) => {
    using client = clientOf(daemon);
    const answers = new Set<string>();
    for (let n = 0; loading; n += 1) answers.add(await client.ask(question(`${connection}-${n}`)));
    return [...answers];
  });
  for (let n = 0; n < shortOrLong(30, 600); n += 1) {
    process.kill(pid, 'SIGHUP');
    await sleep(shortOrLong(100, 1000));
  }
  loading = false;
  expect(await Promise.all(load)).toEqual(load.map(() => ['200 grey']));
  expect(daemon.log().match(/configuration read again/g)?.length).toBeGreaterThan(10);
});

test('half a million policy lines', async () => {
  const lines = Array.from({ length: 500_000 }, (_, n) => `GreyCheckFrom:user${n}@sender${n % 1000}.example NO`);
  await using directory = await temporaryDirectory();
  await writeFile(directory.file('policy'), `${lines.join('\n')}\nGreyCheckTo:rexempt@example.test NO\n`);
  await using daemon = await testDaemon(REAL_CLOCK, 'grey_default 1h', `policy ${directory.file('policy')}`);
  expect([await askOnce(daemon, 'exempt'), await askOnce(daemon, 'other')]).toEqual(['200 white', '200 grey']);
});
