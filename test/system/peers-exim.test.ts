// Two real Exims, each with a ddgrey of its own, and a third ddgrey: they know what one has seen.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Standing } from '../../src/policy/standing.ts';
import type { TestDaemon } from './daemon.ts';
import { eximOnPipes } from './exim.ts';
import { DOMAIN, type MailServer } from './mail-server.ts';
import { startThree } from './peer-daemons.ts';
import { until } from './processes.ts';

const ANNA = `anna@${DOMAIN}`;
const TRAP = `trap@${DOMAIN}`;

describe('two mail servers', () => {
  const parts = new AsyncDisposableStack();
  let daemons: readonly TestDaemon[];
  let servers: readonly MailServer[];

  beforeAll(async () => {
    const three = await startThree(
      'resolver 127.0.0.1:1',
      'grey_default 290s',
      'grey_max 6h',
      `hard_trap ${TRAP}`,
      'listen greylist unix:greylist.socket mode=0666',
    );
    parts.use(three);
    ({ daemons } = three);
    servers = await Promise.all(daemons.slice(0, 2).map((daemon) => eximOnPipes(daemon.file('greylist.socket'))));
    for (const server of servers) parts.use(server);
  });
  afterAll(() => parts.disposeAsync());

  test('a retry at the second is accepted after a first attempt at the first', async () => {
    const mail = { client: '203.0.113.7', sender: 'someone@sender.example', recipients: [ANNA] };
    expect((await servers[0]?.attempt(mail))?.recipients).toEqual([expect.stringMatching(/^451 4\.2\.0 /)]);
    await until('the tuple', async () => (await daemons[1]?.ask('tuples 203.0.113.7'))?.length === 1);
    expect((await servers[1]?.attempt(mail))?.recipients).toEqual([expect.stringMatching(/^451 4\.2\.0 /)]);
    await daemons[1]?.advance(300);
    expect((await servers[1]?.attempt(mail))?.message).toMatch(/^250/);
    await servers[1]?.delivered(mail);
  });

  test('who hits a trap at the first is blacklisted at the third', async () => {
    const mail = { client: '203.0.113.66', sender: 'someone@spammer.example', recipients: [TRAP] };
    expect((await servers[0]?.attempt(mail))?.recipients).toEqual([expect.stringMatching(/^451 4\.2\.0 /)]);
    const standing = async (): Promise<Standing | undefined> =>
      (await daemons[2]?.ask<Standing>('standing 203.0.113.66'))?.[0];
    await until('the blacklisting', async () => (await standing())?.class === 'black');
  });
});
