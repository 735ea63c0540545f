import { expect, test } from 'vitest';
import { atMost } from './at-most.ts';

test('no more than so many at a time, in their order, also when some fail', async () => {
  const log: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const work = atMost(2, (name: string) => {
    log.push(name);
    const end = Promise.withResolvers<string>();
    ends.set(name, end);
    return end.promise;
  });
  const all = ['a', 'b', 'c', 'd', 'e'].map((name) => work(name).catch((error: Error) => error.message));
  await Promise.resolve();
  expect(log).toEqual(['a', 'b']);
  ends.get('b')?.reject(new Error('failed'));
  expect(await all[1]).toBe('failed');
  await Promise.resolve();
  expect(log).toEqual(['a', 'b', 'c']);
  for (const name of ['a', 'c', 'd', 'e']) {
    await Promise.resolve();
    ends.get(name)?.resolve(name);
    await all[['a', 'b', 'c', 'd', 'e'].indexOf(name)];
    await Promise.resolve();
  }
  expect(await Promise.all(all)).toEqual(['a', 'failed', 'c', 'd', 'e']);
  const more = ['f', 'g'].map((name) => work(name));
  await Promise.resolve();
  expect(log).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  for (const name of ['f', 'g']) ends.get(name)?.resolve(name);
  await Promise.all(more);
});
