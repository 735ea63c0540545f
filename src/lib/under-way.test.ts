import { expect, test } from 'vitest';
import { UnderWay } from './under-way.ts';

test('the end waits for what is under way, and for what is begun meanwhile, however it ends', async () => {
  const underWay = new UnderWay();
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()];
  const firstDone = underWay.add(first.promise).then((made) => {
    underWay.add(second.promise).catch(() => {});
    return made;
  });
  let ended = false;
  const end = underWay.ended().then(() => (ended = true));
  first.resolve('made');
  expect(await firstDone).toBe('made');
  await new Promise(setImmediate);
  expect(ended).toBe(false);
  second.reject(new Error('failed'));
  await end;
});

test('the end waits for nothing where nothing is under way any more', async () => {
  const underWay = new UnderWay();
  await expect(underWay.ended()).resolves.toBeUndefined();
  await underWay.add(Promise.resolve());
  await expect(underWay.ended()).resolves.toBeUndefined();
});
