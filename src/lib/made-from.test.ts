import { expect, test } from 'vitest';
import { madeFrom } from './made-from.ts';

test('it is made anew when the source is another one, and not before', () => {
  let source = { n: 1 };
  let times = 0;
  const get = madeFrom(
    () => source,
    ({ n }) => {
      times += 1;
      return [n];
    },
  );
  const first = get();
  expect([get(), get() === first, times]).toEqual([[1], true, 1]);
  source = { n: 2 };
  expect([get(), get() === get(), times]).toEqual([[2], true, 2]);
});
