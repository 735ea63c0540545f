// npm run bench [-- --only PART] [--seconds N] [--entries N] [--reports N]: how fast ddgrey is, beside a server of the same
// runtime that gives every question the same answer. docs/performance.md says what the figures mean.
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Part } from './part.ts';
import { checks } from './parts/checks.ts';
import { entries } from './parts/entries.ts';
import { maintenance } from './parts/maintenance.ts';
import { milter } from './parts/milter.ts';
import { others } from './parts/others.ts';
import { peers } from './parts/peers.ts';
import { policy } from './parts/policy.ts';
import { standings } from './parts/standings.ts';

const PARTS: readonly Part[] = [checks, policy, entries, maintenance, standings, peers, milter, others];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '3' },
    entries: { type: 'string', default: '1000000' },
    reports: { type: 'string', default: '500000' },
  },
});
const size = { seconds: Number(values.seconds), entries: Number(values.entries), reports: Number(values.reports) };
const chosen = PARTS.filter(({ name }) => values.only === undefined || values.only === name);
if (chosen.length === 0)
  throw new Error(`--only ${values.only}: parts are ${PARTS.map(({ name }) => name).join(', ')}`);

console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; ${size.seconds} s each; unix sockets`,
);
for (const { name, about, run } of chosen) {
  console.log(`\n== ${name}: ${about}`);
  await run(size);
}
