import { expect, test } from 'vitest';
import { type ManualList, openManualList } from '../engine/manual-list.ts';
import { manualClock } from '../lib/clock.ts';
import { entryReport, type SharedEntry } from '../policy/shared-entry.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { fakeParts, NOW } from './fake-sync-parts.ts';
import { ENTRY_COMMANDS } from './local-entries.ts';

interface Server {
  readonly store: MemoryStore;
  readonly manual: ManualList;
  readonly told: readonly SharedEntry[];
  /** Does what an administrator says. */
  readonly enter: (line: string) => Promise<unknown>;
  /** Takes in what another server tells. */
  readonly hear: (shared: SharedEntry) => Promise<void>;
}

async function server(): Promise<Server> {
  const store = new MemoryStore();
  const clock = manualClock(NOW);
  const manual = await openManualList(store, clock);
  const told: SharedEntry[] = [];
  const keep = async (shared: SharedEntry): Promise<void> => {
    await store.addReport({ ...entryReport(shared), origin: 'mx1', originId: 0, stored: NOW });
  };
  const share = async (shared: SharedEntry): Promise<void> => {
    await keep(shared);
    told.push(shared);
  };
  return {
    store,
    manual,
    told,
    enter: async (line) => {
      const [verb = '', ...words] = line.split(' ');
      return ENTRY_COMMANDS.get(verb)?.({ ...fakeParts(), manual, store, clock, share }, words);
    },
    hear: async (shared) => {
      await keep(shared);
      await manual.takeOver(shared);
    },
  };
}

const FIRST = 'white example.com 60 root at first';

test.for<[what: string, lines: readonly string[]]>([
  ['two entries', ['white example.com 60 root x', 'black example.com 60 root x']],
  ['the other way round', ['black example.com 60 root x', 'white example.com 60 root x']],
  ['a shorter one', ['white example.com 60 root x', 'black example.com 9 root x']],
  ['an entry, and its removal', [FIRST, 'forget example.com']],
  ['a removal, and an entry', ['forget example.com', FIRST]],
  ['two removals', ['forget example.com', 'forget example.com']],
])('of changes at the same time the last one counts, here and elsewhere: %s', async ([, lines]) => {
  const [here, ...others] = [await server(), await server(), await server()];
  await here.enter(FIRST);
  const answers = await Promise.all(lines.map(here.enter));
  expect(answers).toHaveLength(2);
  const last = lines.at(-1)?.startsWith('forget') ? [] : [lines.at(-1)?.split(' ')[0]];
  expect(here.manual.list().map(({ kind }) => kind)).toEqual(last);
  for (const [at, { hear, manual }] of others.entries()) {
    for (const shared of at === 0 ? here.told : here.told.toReversed()) await hear(shared);
    expect(manual.list()).toEqual(here.manual.list());
  }
});

test('of entries of two servers in the same second all take the same one', async () => {
  const servers = [await server(), await server(), await server()] as const;
  const [one, other, third] = servers;
  await Promise.all([one.enter('white example.com 60 root x'), other.enter('black example.com 60 root x')]);
  const told = [...one.told, ...other.told];
  await Promise.all([...other.told.map(one.hear), ...one.told.map(other.hear), ...told.map(third.hear)]);
  expect(new Set(servers.map(({ manual }) => manual.list()[0]?.kind)).size).toBe(1);
});

test('what another server tells of does not come into the midst of a change', async () => {
  const [here, there] = [await server(), await server()];
  await there.enter('white example.com 60 root x');
  const gate = Promise.withResolvers<undefined>();
  here.store.newestEntryReport = () => gate.promise;
  const entering = here.enter('black example.com 60 root x');
  const hearing = there.told.map(here.hear);
  await new Promise(setImmediate);
  gate.resolve(undefined);
  await Promise.all([entering, ...hearing]);
  await Promise.all(here.told.map(there.hear));
  expect(here.manual.list()).toEqual(there.manual.list());
});
