// Replication as a whole: whatever happens to the lines, all servers have the same reports in the end.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Clock } from '../src/lib/clock.ts';
import { silentLog } from '../src/lib/log.ts';
import type { StoredReport } from '../src/policy/report.ts';
import { SqliteStore } from '../src/store/sqlite-store.ts';
import { T0 } from './engine-bench.ts';
import { type Line, type Replica, startLine, startReplica } from './replica.ts';

/** Who reads from whom. */
const NETS = {
  pair: [
    [0, 1],
    [1, 0],
  ],
  chain: [
    [0, 1],
    [1, 0],
    [1, 2],
    [2, 1],
  ],
  ring: [
    [0, 1],
    [1, 2],
    [2, 0],
  ],
  mesh: [
    [0, 1],
    [1, 0],
    [1, 2],
    [2, 1],
    [0, 2],
    [2, 0],
  ],
} as const;

type Step =
  | { readonly kind: 'report'; readonly at: number; readonly count: number }
  | { readonly kind: 'check'; readonly at: number; readonly count: number }
  | { readonly kind: 'cut'; readonly line: number; readonly after: number }
  | { readonly kind: 'repeat'; readonly line: number; readonly seconds: number }
  | { readonly kind: 'clock'; readonly at: number; readonly seconds: number }
  | { readonly kind: 'settle' };

const at = fc.nat(2);
const line = fc.nat(5);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('report'), at, count: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant('check'), at, count: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant('cut'), line, after: fc.oneof(fc.constant(0), fc.nat(3000)) }),
  fc.record({ kind: fc.constant('repeat'), line, seconds: fc.nat(9000) }),
  fc.record({ kind: fc.constant('clock'), at, seconds: fc.integer({ min: -50, max: 100 }) }),
  fc.constant({ kind: 'settle' }),
);

interface World extends AsyncDisposable {
  readonly replicas: readonly Replica[];
  readonly lines: readonly { readonly line: Line; readonly reader: Replica }[];
}

async function startWorld(net: keyof typeof NETS, ahead: readonly number[] = []): Promise<World> {
  await using parts = new AsyncDisposableStack();
  const replicas: Replica[] = [];
  for (let i = 0; i < (net === 'pair' ? 2 : 3); i += 1)
    replicas.push(parts.use(await startReplica(`mx${i}.example.org`, { ahead: ahead[i] ?? 0 })));
  const lines: { line: Line; reader: Replica }[] = [];
  for (const [to, from] of NETS[net]) {
    const [reader, source] = [replicas[to], replicas[from]];
    if (reader === undefined || source === undefined) throw new Error('no such server');
    const connection = parts.use(await startLine(source.port));
    reader.readFrom(connection.port);
    lines.push({ line: connection, reader });
  }
  const running = parts.move();
  return { replicas, lines, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Waits until all have `count` reports, and returns who has what. */
async function settled({ replicas }: World, count: number, timeout = 10_000): Promise<readonly (readonly string[])[]> {
  await vi.waitFor(
    async () => {
      for (const { bench } of replicas)
        expect(await bench.store.reportsAfter(0, Number.MAX_SAFE_INTEGER)).toHaveLength(count);
    },
    { timeout, interval: 10 },
  );
  return Promise.all(replicas.map((replica) => replica.reports()));
}

/** Takes the steps. Returns how many reports there are then, if there were `before` of them. */
async function take(world: World, steps: readonly Step[], before = 0): Promise<number> {
  let made = before;
  for (const one of steps) {
    if (one.kind === 'report' || one.kind === 'check') {
      const replica = world.replicas[one.at % world.replicas.length];
      for (let i = 0; i < one.count; i += 1) {
        made += 1;
        const event = one.kind === 'check' ? 'check' : 'spam';
        const report = { reporter: 'test', time: T0, ip: '203.0.113.7', event, mtaId: `Q${made}` };
        await replica?.bench.acceptReport(report);
      }
    } else if (one.kind === 'clock') world.replicas[one.at % world.replicas.length]?.bench.clock.advance(one.seconds);
    else if (one.kind === 'settle') await new Promise(setImmediate);
    else {
      const { line: wire, reader } = world.lines[one.line % world.lines.length] ?? {};
      if (one.kind === 'cut') wire?.cutAfter(one.after);
      else if (wire !== undefined) await reader?.goBack(wire.port, one.seconds);
    }
  }
  return made;
}

test.for(Object.keys(NETS) as (keyof typeof NETS)[])(
  'the same set in the end, with lines cut, repeated and out of order: %s',
  { timeout: 60_000 },
  async (net) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await using world = await startWorld(net, [0, 3600, -3600]);
        const made = await take(world, steps);
        const [first, ...others] = await settled(world, made);
        for (const other of others) expect(other).toEqual(first);
      }),
      { numRuns: 15 },
    );
  },
);

test('each report is stored once on each server, and not sent back to where it was made', {
  timeout: 60_000,
}, async () => {
  await using world = await startWorld('mesh');
  const patience = { timeout: 10_000, interval: 10 };
  await vi.waitFor(async () => {
    for (const { peers } of world.replicas)
      for (const { state } of await peers.states()) expect(state).toBe('connected');
  }, patience);
  // What comes with the second round shows that all of the first has come.
  let made = 0;
  for (const count of [50, 1]) {
    const steps = [0, 1, 2].map((server) => ({ kind: 'report', at: server, count }) as const);
    made = await take(world, steps, made);
    // From each of the two others everything that is not one's own.
    await vi.waitFor(async () => {
      for (const { peers } of world.replicas) {
        const sources = (await peers.states()).filter(({ direction }) => direction === 'from');
        expect(sources.map(({ reports }) => reports)).toEqual([(made / 3) * 2, (made / 3) * 2]);
      }
    }, patience);
  }
  for (const { bench } of world.replicas) {
    expect(bench.counters.list().filter(([name]) => name === 'report spam stored')).toEqual([
      ['report spam stored', made],
    ]);
  }
});

test('50 servers read from one', async () => {
  await using parts = new AsyncDisposableStack();
  const source = parts.use(await startReplica('mx0.example.org'));
  const readers = await Promise.all(
    Array.from({ length: 50 }, async (_, i) => parts.use(await startReplica(`mx${i + 1}.example.org`))),
  );
  for (const reader of readers) reader.readFrom(source.port);
  const reports = Array.from({ length: 100 }, (_, i) => ({ ...numbered(i, source.bench.clock), event: 'relay' }));
  for (const { origin: _origin, originId: _id, stored: _stored, ...report } of reports)
    await source.bench.acceptReport(report);
  const all = await source.reports();
  expect(all).toHaveLength(100);
  await vi.waitFor(
    async () => {
      for (const reader of readers) expect(await reader.reports()).toEqual(all);
    },
    { timeout: 10_000, interval: 50 },
  );
}, 20_000);

test('k08: 100,000 reports, with the line cut at every kind of moment', async () => {
  await using stores = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-peers-'));
  stores.defer(() => rmSync(directory, { recursive: true }));
  const open = (name: string) => stores.use(new SqliteStore(join(directory, name), silentLog));
  await using source = await startReplica('mx0.example.org', { store: open('source') });
  await using reader = await startReplica('mx1.example.org', { store: open('reader') });
  await using wire = await startLine(source.port);
  reader.readFrom(wire.port);
  const { store, reportParts, clock } = source.bench;
  // A report is some 200 bytes: within one, between two, at once, after many.
  const cuts = [0, 1, 60, 133, 200, 201, 5000, 65_536, 300_000, 1_000_000];
  for (let made = 0; made < 100_000; made += 500) {
    if (made % 2000 === 0) wire.cutAfter(cuts[(made / 2000) % cuts.length] ?? 0);
    await Promise.all(Array.from({ length: 500 }, (_, i) => store.addReport(numbered(made + i, clock))));
    reportParts.news.tell();
    clock.advance(1);
  }
  const count = (replica: Replica): Promise<number> => replica.bench.store.reportIdBefore(Number.POSITIVE_INFINITY);
  await vi.waitFor(async () => expect(await count(reader)).toBe(100_000), { timeout: 100_000, interval: 50 });
  expect(await count(source)).toBe(100_000);
  expect(await reader.reports()).toEqual(await source.reports());
}, 120_000);

function numbered(n: number, clock: Clock): StoredReport {
  const [time, stored] = [T0, Math.floor(clock.now() / 1000)];
  const ip = `203.0.${n & 255}.${(n >> 8) & 255}`;
  const name = { origin: 'mx0.example.org', originId: 0, reporter: 'test' };
  return { ...name, time, stored, ip, event: 'spam', mtaId: `Q${n}` };
}
