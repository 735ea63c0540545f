// Checks while other servers hand in reports, and while none does. The flood takes its share of the processors from whoever
// asks, too: so it is also sent to a second ddgreyd, which has nothing in common with the first but the machine.
import { join } from 'node:path';
import { formatStored } from '../../src/peers/report-text.ts';
import { type Costing, costing } from '../compare.ts';
import { type Form, GREYLIST, type LoadOptions, type Measured, runLoad } from '../load.ts';
import { makeKnown } from '../make-known.ts';
import type { Part } from '../part.ts';
import { type Server, startDdgrey } from '../servers.ts';
import { grouped, median, row, verdict } from '../table.ts';
import { createWorkloads } from '../workloads.ts';

/** A second. */
const REPORTS = 20_000;
const CHECKS = 2000;
const CONNECTIONS = 16;
/** Whom reports are about. */
const CLIENTS = 250;
const ROUNDS = 5;
/** The greatest p99 of checks with the flood, divided by the one without. */
const TARGET = 2;

/** A report as a peer hands it in: of a client and an id of its own. */
const REPORT: Form = {
  question: (number) => {
    const ip = `203.0.113.${Number(number) % CLIENTS}`;
    const seen = { reporter: 'exim4', event: 'unknown', mtaId: `m${number}`, ip, time: Math.floor(Date.now() / 1000) };
    const mail = { sender: `a${number}@example.com`, recipient: 'b@example.org' };
    const report = formatStored({
      ...seen,
      ...mail,
      origin: 'mx2.example.org',
      originId: Number(number),
      id: 0,
      stored: 0,
    });
    return `report\r\n${report.trimEnd()}\r\n.\r\n`;
  },
  answer: '301 ',
  end: '200 accepted\r\n',
};

/** What is flooded, and what is asked meanwhile. */
interface Case {
  readonly title: string;
  readonly reputation: boolean;
  readonly workload: 'mix' | 'repeat';
}

const CASES: readonly Case[] = [
  { title: 'no standings', reputation: false, workload: 'mix' },
  { title: 'of clients that have a standing', reputation: true, workload: 'repeat' },
];

export const peers: Part = {
  name: 'peers',
  about: `${grouped(CHECKS)} checks a second, with ${grouped(REPORTS)} reports a second handed in and with none`,
  run: async ({ seconds }) => {
    for (const one of CASES) await runCase(one, seconds);
  },
};

async function runCase({ title, reputation, workload }: Case, seconds: number): Promise<void> {
  await using ddgrey = await startDdgrey({ reputation });
  await using other = await startDdgrey({ reputation });
  await makeKnown(ddgrey.path);
  if (reputation) for (const { path } of [ddgrey, other]) await haveStandings(path);
  const asked = createWorkloads().find(({ name }) => name === workload);
  if (asked === undefined) throw new Error(`there is no workload ${workload}`);
  const checks = { connections: CONNECTIONS, seconds, rate: CHECKS, form: GREYLIST, next: asked.next };
  let number = 0;
  const next = (): string => String((number += 1));
  const reports = { connections: CONNECTIONS, form: REPORT, next, seconds: seconds + 1, rate: REPORTS };
  console.log(`\nreports ${title}, checks of the workload ${workload}`);
  console.log(row('p99 in ms', ['quiet', 'elsewhere', 'here', 'reports/s', 'to quiet', 'elsewhere']));
  const toQuiet: number[] = [];
  const toElsewhere: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const quiet = await costing(ddgrey, checks);
    const elsewhere = await flooded(other, reports, () => costing(ddgrey, checks));
    const here = await flooded(ddgrey, reports, () => costing(ddgrey, checks));
    toQuiet.push(here.checks.p99 / quiet.p99);
    toElsewhere.push(here.checks.p99 / elsewhere.checks.p99);
    const p99s = [quiet, elsewhere.checks, here.checks].map(({ p99 }) => p99.toFixed(2));
    const ratios = [toQuiet, toElsewhere].map((all) => (all.at(-1) ?? Number.NaN).toFixed(2));
    console.log(row(`round ${round}`, [...p99s, grouped(here.flood.perSecond), ...ratios]));
  }
  for (const [beside, ratios] of [
    ['none', toQuiet],
    ['those to another server on this machine', toElsewhere],
  ] as const)
    console.log(
      verdict(
        `p99 with reports to p99 with ${beside}, median: ${median(ratios).toFixed(2)}, at most ${TARGET}`,
        median(ratios) <= TARGET,
      ),
    );
}

/** Everybody whom the reports are about has asked once. */
async function haveStandings(address: string): Promise<void> {
  const clients = Array.from({ length: CLIENTS }, (_, i) => `203.0.113.${i} a@example.com b@example.org`).values();
  const next = (): string => clients.next().value ?? '';
  await runLoad({ address, connections: CONNECTIONS, seconds: 0, form: GREYLIST, next, questions: CLIENTS });
}

/** Measures while the reports come in. */
async function flooded(
  server: Server,
  reports: Omit<LoadOptions, 'address'>,
  measure: () => Promise<Costing>,
): Promise<{ readonly checks: Costing; readonly flood: Measured }> {
  const flood = runLoad({ ...reports, address: join(server.directory, 'ddgrey.socket') });
  // The checks begin and end within the flood.
  const checks = await measure();
  return { checks, flood: await flood };
}
