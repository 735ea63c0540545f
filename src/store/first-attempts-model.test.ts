// Many do as they like with tuples of their own, while another process holds the database now and then; a kill at any moment
// keeps what was answered, and nothing else.
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { silentLog } from '../lib/log.ts';
import type { TupleEntry } from '../policy/greylist.ts';
import { asked, numbered, T } from './contract-samples.ts';
import { SqliteStore } from './sqlite-store.ts';
import type { Remembrance } from './store.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-attempts-model-'));
afterAll(() => rmSync(directory, { recursive: true }));

type Known = Pick<TupleEntry, 'state' | 'firstSeen'> | undefined;

/** What somebody's tuple may be if the process is killed now: what was answered last, and what is not answered yet. */
interface Owner {
  readonly sample: Remembrance;
  possible: readonly Known[];
}

const CLIENTS = ['192.0.2.1', '198.51.100.1', '2001:db8::1', '2001:db8:0:1::1'];
/** More than are moved without a worker. */
const OWNERS = 150;

function owners(): Owner[] {
  return Array.from({ length: OWNERS }, (_, i) => ({
    sample: numbered(i, CLIENTS[i % CLIENTS.length] ?? ''),
    possible: [undefined],
  }));
}

const AFTER = {
  record: (known: Known, now: number): Known => known ?? { state: 'pending', firstSeen: now },
  restart: (_known: Known, now: number): Known => ({ state: 'pending', firstSeen: now }),
  validate: (known: Known, now: number): Known =>
    known?.state === 'pending' ? { state: 'valid', firstSeen: now } : known,
  forget: (): Known => undefined,
};
type Tried = keyof typeof AFTER;

/** One change after the other; what is refused changes nothing. */
async function act(store: SqliteStore, owner: Owner, changes: readonly Tried[]): Promise<void> {
  for (const [i, change] of changes.entries()) {
    const [known] = owner.possible;
    const next = AFTER[change](known, T + i);
    owner.possible = [known, next];
    const made = Promise.resolve(store.remember({ ...owner.sample, change }, T + i)).then(
      () => true,
      () => false,
    );
    owner.possible = [(await made) ? next : known];
  }
}

/** The files as a kill leaves them; a checkpoint may be under way, so the log before what it is copied to. */
function kill(path: string): string {
  const left = `${path}-left`;
  for (const end of ['-attempts0', '-attempts1', '-wal', '']) {
    if (existsSync(path + end)) copyFileSync(path + end, left + end);
  }
  return left;
}

async function holdNowAndThen(path: string, signal: AbortSignal): Promise<void> {
  using holder = new DatabaseSync(path, { timeout: 0 });
  while (!signal.aborted) {
    try {
      holder.exec('BEGIN IMMEDIATE');
    } catch {
      // The store was faster.
    }
    await sleep(15);
    if (holder.isTransaction) holder.exec('ROLLBACK');
    await sleep(5);
  }
}

const changes = fc.constantFrom<Tried>('record', 'record', 'record', 'restart', 'validate', 'forget');
const run = fc.record({
  /** What the owners do in turn. */
  plans: fc.array(fc.array(changes, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 10 }),
  turns: fc.integer({ min: 0, max: 100 }),
  held: fc.boolean(),
});

async function look(store: SqliteStore, { sample, possible }: Owner): Promise<Known> {
  const { entry } = await store.recall(asked(sample));
  const known = entry && { state: entry.state, firstSeen: entry.firstSeen };
  expect(possible).toContainEqual(known);
  return known;
}

test('killed at any moment it has what it answered', { timeout: 60_000 }, async () => {
  let files = 0;
  await fc.assert(
    fc.asyncProperty(run, async ({ plans, turns, held }) => {
      const path = join(directory, `${(files += 1)}.db`);
      await using store = new SqliteStore(path, silentLog);
      const everybody = owners();
      const end = new AbortController();
      const holding = held ? holdNowAndThen(path, end.signal) : undefined;
      const acting = everybody.map((owner, i) => act(store, owner, plans[i % plans.length] ?? []));
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      const left = kill(path);
      const killed = everybody.map((owner) => ({ ...owner }));
      end.abort();
      await Promise.all([...acting, holding]);
      await using again = new SqliteStore(left, silentLog);
      const found = await Promise.all(killed.map((owner) => look(again, owner)));
      const pending = found.filter((known) => known?.state === 'pending').length;
      expect(await again.count()).toEqual({ pending, valid: found.filter((known) => known?.state === 'valid').length });
      expect(await Promise.all(killed.map((owner) => look(again, owner)))).toEqual(found);
    }),
    { numRuns: 15, endOnFailure: true },
  );
});
