// Killed at any moment, with every protocol in use.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { REAL_CLOCK, type TestDaemon, testDaemon } from '../system/daemon.ts';
import { askUntilClosed } from '../system/greylist-client.ts';
import { until } from '../system/processes.ts';
import { integrityOf } from '../system/what-was-kept.ts';
import { EVERYTHING, happens, open } from './all-protocols.ts';
import { shortOrLong } from './length.ts';
import { clientOf, question } from './questions.ts';

const ROUNDS = shortOrLong(6, 300);

/** Says it again and again until the connection breaks. */
async function repeat(daemon: TestDaemon, socket: string, words: (n: number) => string): Promise<void> {
  const client = open(daemon, socket);
  const closed = happens(client, 'close');
  for (let n = 0; !client.destroyed; n += 1) {
    client.write(words(n));
    await sleep(1);
  }
  await closed;
}

const policy = (n: number): string =>
  `request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=198.51.100.${n % 250}\nsender=a${n}@b.c\nrecipient=d@e.f\n\n`;
const report = (n: number): string => {
  const fields = { origin: 'far.example', origin_id: n + 1, reporter: 'test', stored: 0, domain: '', mta_id: `m${n}` };
  const rest = { time: Math.floor(Date.now() / 1000), ip: '192.0.2.9', event: 'spam', e_from: '', e_to: '' };
  const lines = Object.entries({ ...fields, ...rest }).map(([name, value]) => `${name}:${value}`);
  return `report\r\n${lines.join('\r\n')}\r\n.\r\n`;
};

test(`killed ${ROUNDS} times with all protocols in use`, async () => {
  await using daemon = await testDaemon(REAL_CLOCK, ...EVERYTHING);
  for (let round = 0; round < ROUNDS; round += 1) {
    const kept: string[] = [];
    const using = [
      ...Array.from({ length: 8 }, (_, connection) =>
        askUntilClosed(
          daemon.file('greylist.socket'),
          (n) => question(`${round}-${connection}-${n}`),
          (asked) => kept.push(asked),
        ),
      ),
      repeat(daemon, 'policy.socket', policy),
      repeat(daemon, 'greyd.socket', (n) => `GREYCHECK 198.51.100.${n % 250} a@b${n}.c d@e.f\r\n`),
      repeat(daemon, 'milter.socket', () => '\0\0\0\x0dO\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff'),
      repeat(daemon, 'ddgrey.socket', report),
    ];
    await until('a first answer', () => kept.length > 0);
    await sleep(Math.random() * 400);
    await daemon.end('SIGKILL');
    await Promise.all(using);
    expect(integrityOf(daemon.file('ddgrey.db'))).toBe('ok');
    await daemon.start();
    using client = clientOf(daemon);
    const tuples = await Promise.all(kept.slice(-500).map((asked) => client.ask(asked)));
    expect(new Set(tuples)).toEqual(new Set(['200 grey']));
    await until('the verdicts on them', () => daemon.log().match(/ check verdict/g)?.length === tuples.length);
    expect(daemon.log().match(/reason=early/g)).toHaveLength(tuples.length);
  }
});
