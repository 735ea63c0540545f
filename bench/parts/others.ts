// Other greylisters beside ddgrey, each over the protocol that it speaks.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { costing } from '../compare.ts';
import { type Form, ONE_SHOT, POLICY } from '../load.ts';
import { makeKnown } from '../make-known.ts';
import { type Other, OTHERS } from '../others.ts';
import type { Part, Size } from '../part.ts';
import { type Server, start, startDdgrey } from '../servers.ts';
import { grouped, row } from '../table.ts';
import { createWorkloads } from '../workloads.ts';

const CONNECTIONS = 16;

export const others: Part = {
  name: 'others',
  about: `greylisters from Debian's packages, where installed (apt-get install postgrey sqlgrey libdbd-sqlite3-perl greylistd)`,
  run: async (size) => {
    console.log(row('', ['workload', 'asked by', 'checks/s', 'p50 ms', 'p99 ms', 'CPU us', 'MiB']));
    await measureDdgrey(size);
    for (const other of OTHERS) {
      if (existsSync(other.program)) await measureOther(other, size);
      else console.log(`${other.name}: not installed`);
    }
  },
};

async function measureDdgrey(size: Size): Promise<void> {
  await using ddgrey = await startDdgrey({ config: ['grey_default 1s', 'listen policy unix:policy.socket'] });
  await makeKnown(ddgrey.path);
  await measure({ ...ddgrey, path: join(ddgrey.directory, 'policy.socket') }, POLICY, size);
  await measure(ddgrey, ONE_SHOT, size);
}

async function measureOther({ name, about, program, form, launch }: Other, size: Size): Promise<void> {
  console.log(`${name}: ${about}`);
  await using server = await start(name, async (directory) => ({ program, ...launch(directory) }));
  await measure(server, form, size);
}

/** What is asked again is still grey to the others, which delay for minutes: their `repeat` is of early retries. */
async function measure(server: Server, form: Form, { seconds }: Size): Promise<void> {
  for (const { name, next } of createWorkloads()) {
    const { perSecond, p50, p99, cpu } = await costing(server, { connections: CONNECTIONS, seconds, form, next });
    const way = form === POLICY ? 'policy' : 'one each';
    const cells = [grouped(perSecond), p50.toFixed(2), p99.toFixed(2), cpu.toFixed(0), server.memory().toFixed(0)];
    console.log(row(server.name, [name, way, ...cells]));
  }
}
