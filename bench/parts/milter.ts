// The milter, beside the policy socket: each message is MAIL and one RCPT, and RSET after the answer.
import { join } from 'node:path';
import type { Command } from '../../src/mta/milter-packets.ts';
import { connectMta } from '../../test/milter-mta.ts';
import { Latencies } from '../latencies.ts';
import { GREYLIST, type LoadOptions, POLICY, runLoad } from '../load.ts';
import type { Part } from '../part.ts';
import { startConstant, startDdgrey } from '../servers.ts';
import { grouped, row } from '../table.ts';
import { newTuples } from '../workloads.ts';

const OFFER: Command = { kind: 'negotiate', version: 6, actions: 0x1ff, steps: 0x1fffff };

export const milter: Part = {
  name: 'milter',
  about: 'recipients a second; the constant server answers lines, so the ratio holds the cost of the protocol too',
  run: async ({ seconds }) => {
    await using ddgrey = await startDdgrey({
      config: ['grey_default 4h', 'listen milter unix:milter.socket', 'listen policy unix:policy.socket'],
    });
    await using constant = await startConstant();
    console.log(row('', ['milter/s', 'p50 ms', 'p99', 'policy/s', 'constant/s', 'ratio']));
    for (const connections of [1, 16]) {
      const next = newTuples(connections * 10_000_000);
      const load = { connections, seconds, next };
      const yardstick = await runLoad({ ...load, address: constant.path, form: GREYLIST });
      const policy = await runLoad({ ...load, address: join(ddgrey.directory, 'policy.socket'), form: POLICY });
      const { perSecond, latencies } = await sendMails(join(ddgrey.directory, 'milter.socket'), load);
      const [p50, p99] = [0.5, 0.99].map((share) => latencies.percentile(share).toFixed(2));
      const ratio = (perSecond / yardstick.perSecond).toFixed(2);
      const cells = [
        grouped(perSecond),
        p50 ?? '',
        p99 ?? '',
        grouped(policy.perSecond),
        grouped(yardstick.perSecond),
        ratio,
      ];
      console.log(row(`${connections} connection${connections === 1 ? '' : 's'}`, cells));
    }
  },
};

type Load = Pick<LoadOptions, 'connections' | 'seconds' | 'next'>;

interface MailsSent {
  readonly perSecond: number;
  readonly latencies: Latencies;
}

async function sendMails(path: string, { connections, seconds, next }: Load): Promise<MailsSent> {
  const latencies = new Latencies();
  const started = performance.now();
  const end = started + seconds * 1000;
  await Promise.all(Array.from({ length: connections }, () => sendMail(path, { end, next, latencies })));
  return { perSecond: (latencies.count / (performance.now() - started)) * 1000, latencies };
}

interface Sending {
  readonly end: number;
  readonly next: () => string;
  readonly latencies: Latencies;
}

/** Each message comes from a client of its own, as with an MTA that goes on to the next on the same connection. */
async function sendMail(path: string, { end, next, latencies }: Sending): Promise<void> {
  await using mta = await connectMta({ kind: 'unix', path });
  await mta.ask(1, OFFER);
  while (performance.now() < end) {
    const [client = '', sender = '', recipient = ''] = next().split(' ');
    const asked = performance.now();
    const [reply = ''] = await mta.ask(
      1,
      { kind: 'connect', name: `[${client}]`, family: 'inet', port: 25, address: client },
      { kind: 'mail', address: `<${sender}>`, parameters: [] },
      { kind: 'rcpt', address: `<${recipient}>`, parameters: [] },
    );
    latencies.add(performance.now() - asked);
    if (!reply.startsWith('y45')) throw new Error(`answered ${reply}`);
    mta.send({ kind: 'abort' }, { kind: 'quit-nc' });
  }
}
