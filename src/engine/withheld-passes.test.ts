import { expect, test } from 'vitest';
import { engineBench, T0 } from '../../test/engine-bench.ts';
import { loadWithheld, OwnersOfBad, saveWithheld } from './withheld-passes.ts';

test('of an owner the clients that were found bad last are kept, across a restart too', async () => {
  const { upkeep } = await engineBench({ config: 'search_duration 60d' });
  const owners = new OwnersOfBad();
  for (let i = 0; i < 30; i += 1) owners.add('example.com', `192.0.2.${i}`, T0 + i);
  await saveWithheld(upkeep, owners);
  const loaded = await loadWithheld(upkeep);
  loaded.add('example.com', '192.0.2.10', T0 + 30);
  loaded.add('example.com', '192.0.2.99', T0 + 31);
  const newest = Array.from({ length: 18 }, (_, i) => `192.0.2.${12 + i}`);
  expect(loaded.clientsOf('example.com')).toEqual([...newest, '192.0.2.10', '192.0.2.99']);
  expect(loaded.clientsOf('example.net')).toEqual([]);
});

test('what is kept has a bound; the ones that were found bad last stay', async () => {
  const { upkeep } = await engineBench({ config: 'search_duration 60d' });
  const owners = await loadWithheld(upkeep);
  for (let i = 0; i < 6000; i += 1) owners.add(`mx${i}.test`, '192.0.2.1', T0 + i);
  await saveWithheld(upkeep, owners);
  const kept = owners.all();
  expect((await loadWithheld(upkeep)).all()).toEqual(kept);
  expect(kept).toHaveLength(2000);
  expect(Math.min(...kept.map(([, , found]) => found))).toBe(T0 + 4000);
});

test('an owner with many bad clients drives out no other', () => {
  const owners = new OwnersOfBad(30);
  owners.add('example.net', '192.0.2.1', T0);
  for (let i = 0; i < 50; i += 1) owners.add('example.com', `198.51.100.${i}`, T0 + i);
  expect(owners.clientsOf('example.net')).toEqual(['192.0.2.1']);
});
