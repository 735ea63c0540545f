// The life of tuples, as a whole against a model that anyone can check: any sequence of attempts, pauses, maintenance and
// restarts gives the model's answers and leaves the model's entries.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { type Bench, checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import { silentLog } from '../lib/log.ts';
import { openStore } from '../store/open-store.ts';

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];
const VALID = 14 * DAY;
const CONFIG = `
  reputation no
  grey_default 10m
  retry 3d
  GREY_MIN_DELAY_NULLSENDER 25m
  GREY_MAX_DELAY_NULLSENDER 1d
  GREY_VALIDLIST_LIFETIME 14d
  GREY_PENDING_NORMAL 2
  GREY_PENDING_NULLSENDER 1
  GREY_DEWHITE_FLAGS none
`;

interface Entry {
  readonly valid: boolean;
  /** Of the attempt that made it pending. */
  readonly first: number;
  /** Of its last refresh. */
  readonly last: number;
  readonly client: string;
  readonly bounce: boolean;
}

class Model {
  now = T0;
  readonly entries = new Map<string, Entry>();

  attempt({ client, sender, recipient }: Attempt): string {
    const bounce = sender === '<>';
    const key = `${client.slice(0, client.lastIndexOf('.'))} ${bounce ? sender : sender.split('@')[1]?.toLowerCase()} ${recipient}`;
    const entry = this.entries.get(key);
    const begun = { valid: false, first: this.now, last: this.now, client, bounce };
    const [delay, retry] = bounce ? [25 * MINUTE, DAY] : [10 * MINUTE, 3 * DAY];
    if (entry?.valid === true && this.now <= entry.last + VALID) {
      if (this.now > entry.last + 6 * HOUR) this.entries.set(key, { ...entry, last: this.now });
      return 'known';
    }
    if (entry?.valid === false) {
      const waited = this.now - entry.first;
      if (waited < delay) return `early ${delay - waited}`;
      if (waited >= retry) this.entries.set(key, begun);
      else if (bounce) this.entries.delete(key);
      else this.entries.set(key, { ...entry, valid: true, last: this.now });
      return waited >= retry ? `first ${delay}` : `retried ${waited}`;
    }
    if (this.#pendingOf(client) >= (bounce ? 1 : 2)) return `limit ${delay}`;
    this.entries.set(key, begun);
    return `first ${delay}`;
  }

  #pendingOf(client: string): number {
    return [...this.entries.values()].filter((entry) => !entry.valid && entry.client === client).length;
  }

  maintain(): void {
    for (const [key, { valid, bounce, last }] of this.entries) {
      const pending = bounce ? DAY : 3 * DAY;
      if (last + (valid ? VALID : pending) < this.now) this.entries.delete(key);
    }
  }

  counts(): object {
    const valid = [...this.entries.values()].filter((entry) => entry.valid).length;
    return { pending: this.entries.size - valid, valid };
  }
}

interface Attempt {
  readonly client: string;
  readonly sender: string;
  readonly recipient: string;
}

/** What is tested: an engine, and how it is stopped and started. */
interface House {
  bench: Bench;
  restart(): Promise<void>;
}

type Command = fc.AsyncCommand<Model, House>;

function command(name: string, run: (model: Model, house: House) => Promise<void>): Command {
  return { check: () => true, run, toString: () => name };
}

function attempt({ client, sender, recipient }: Attempt): Command {
  return command(`${client} ${sender} ${recipient}`, async (model, { bench }) => {
    const verdict = await bench.answerCheck(checkOf(client, sender, recipient));
    const span = verdict.kind === 'grey' ? verdict.wait : verdict.kind === 'white' ? verdict.waited : undefined;
    const answer = [verdict.reason, ...(span === undefined ? [] : [span])].join(' ');
    expect(answer).toBe(model.attempt({ client, sender, recipient }));
  });
}

function pause(seconds: number): Command {
  return command(`${seconds} s pass`, async (model, { bench }) => {
    model.now += seconds;
    bench.clock.advance(seconds);
  });
}

function maintain(): Command {
  return command('maintenance', async (model, { bench }) => {
    model.maintain();
    await bench.maintain();
    expect(await bench.store.count()).toEqual(model.counts());
  });
}

function restart(): Command {
  return command('restart', async (model, house) => {
    await house.restart();
    house.bench.clock.advance(model.now - T0);
    expect(await house.bench.store.count()).toEqual(model.counts());
  });
}

const PAUSES = [1, 599, 600, 1499, 1500, 6 * HOUR, 6 * HOUR + 1, DAY - 1500, DAY, 3 * DAY, VALID, VALID + 1];
const ATTEMPT = fc.record({
  client: fc.constantFrom('203.0.113.7', '203.0.113.8', '198.51.100.1'),
  sender: fc.constantFrom('a@example.com', 'b@EXAMPLE.com', 'c@example.net', '<>'),
  recipient: fc.constantFrom('x@example.org', 'y@example.org'),
});
const COMMANDS = [
  ATTEMPT.map(attempt),
  ATTEMPT.map(attempt),
  fc.constantFrom(...PAUSES).map(pause),
  fc.constant(null).map(maintain),
];

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-model-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function openHouse(path: string): Promise<House> {
  const open = async (): Promise<Bench> =>
    engineBench({ config: CONFIG, store: await openStore({ path, log: silentLog }) });
  const house: House = {
    bench: await open(),
    restart: async () => {
      await house.bench.store[Symbol.asyncDispose]();
      house.bench = await open();
    },
  };
  return house;
}

/** Takes the steps; returns how many entries there are after them, in the house and in the model. */
async function takeAll(path: string, commands: Iterable<Command>): Promise<readonly [house: object, model: object]> {
  const house = await openHouse(path);
  const model = new Model();
  try {
    await fc.asyncModelRun(() => ({ model, real: house }), commands);
    return [await house.bench.store.count(), model.counts()];
  } finally {
    await house.bench.store[Symbol.asyncDispose]();
  }
}

test('the memory store behaves as the model', async () => {
  const commands = fc.commands(COMMANDS, { maxCommands: 60, size: '+1' });
  const property = fc.asyncProperty(commands, async (sequence) => {
    const [house, model] = await takeAll(':memory:', sequence);
    expect(house).toEqual(model);
  });
  await fc.assert(property, { numRuns: 300 });
});

test('the SQLite store behaves as the model, across restarts too', async () => {
  const commands = fc.commands([...COMMANDS, ...COMMANDS, fc.constant(null).map(restart)], {
    maxCommands: 30,
    size: '+1',
  });
  let databases = 0;
  const property = fc.asyncProperty(commands, async (sequence) => {
    const [house, model] = await takeAll(join(directory, `${(databases += 1)}.db`), sequence);
    expect(house).toEqual(model);
  });
  await fc.assert(property, { numRuns: 5 });
}, 60_000);
