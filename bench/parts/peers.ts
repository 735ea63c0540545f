// Checks while other servers hand in reports, and while none does.
import { join } from 'node:path';
import { costing } from '../compare.ts';
import { type Form, GREYLIST, runLoad } from '../load.ts';
import { makeKnown } from '../make-known.ts';
import type { Part } from '../part.ts';
import { startDdgrey } from '../servers.ts';
import { grouped, median, row } from '../table.ts';
import { createWorkloads } from '../workloads.ts';

/** A second. */
const REPORTS = 20_000;
const CHECKS = 2000;
const CONNECTIONS = 16;
const ROUNDS = 3;

/** A report as a peer hands it in: of an event, a client and an id of its own. */
const REPORT: Form = {
  question: (number) => {
    const fields = {
      origin: 'mx2.example.org',
      origin_id: number,
      reporter: 'exim4',
      domain: '',
      mta_id: `m${number}`,
    };
    const rest = { time: Math.floor(Date.now() / 1000), stored: 0, ip: `203.0.113.${Number(number) % 250}` };
    const all = { ...fields, ...rest, event: 'unknown', e_from: `a${number}@example.com`, e_to: 'b@example.org' };
    const lines = Object.entries(all).map(([name, value]) => `${name}:${value}\r\n`);
    return `report\r\n${lines.join('')}.\r\n`;
  },
  answer: '301 ',
  end: '200 accepted\r\n',
};

export const peers: Part = {
  name: 'peers',
  about: `${grouped(CHECKS)} checks a second (mix), with ${grouped(REPORTS)} reports a second handed in and with none`,
  run: async ({ seconds }) => {
    await using ddgrey = await startDdgrey();
    await makeKnown(ddgrey.path);
    const mix = createWorkloads().find(({ name }) => name === 'mix');
    if (mix === undefined) throw new Error('there is no workload mix');
    const checks = { connections: CONNECTIONS, seconds, rate: CHECKS, form: GREYLIST, next: mix.next };
    let number = 0;
    const next = (): string => String((number += 1));
    const reports = { address: join(ddgrey.directory, 'ddgrey.socket'), connections: CONNECTIONS, form: REPORT, next };
    console.log(row('', ['quiet p99', 'flood p99', 'ratio', 'reports/s']));
    const ratios: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const quiet = await costing(ddgrey, checks);
      // The checks begin and end within the flood.
      const flood = runLoad({ ...reports, seconds: seconds + 1, rate: REPORTS });
      const busy = await costing(ddgrey, checks);
      const { perSecond } = await flood;
      ratios.push(busy.p99 / quiet.p99);
      const ratio = (busy.p99 / quiet.p99).toFixed(2);
      console.log(row(`round ${round}`, [quiet.p99.toFixed(2), busy.p99.toFixed(2), ratio, grouped(perSecond)]));
    }
    console.log(`p99 with reports to p99 without, median: ${median(ratios).toFixed(2)}`);
  },
};
