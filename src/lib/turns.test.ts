import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const thisTurn = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a turn begins as much as it has room for, in the order of asking', async () => {
  const turns = new Turns(10);
  const begun: string[] = [];
  const take = (name: string, amount: number): void => void turns.take(amount).then(() => begun.push(name));
  take('a', 4);
  take('b', 4);
  take('more than is left', 4);
  take('c', 1);
  take('much', 20);
  take('d', 1);
  await thisTurn();
  expect(begun).toEqual(['a', 'b', 'more than is left']);
  await nextTurn();
  expect(begun.slice(3)).toEqual(['c', 'much']);
  take('e', 1);
  await nextTurn();
  expect(begun.slice(5)).toEqual(['d', 'e']);
});

test('who waits begins in a later turn, though nobody asks any more', async () => {
  const turns = new Turns(1);
  let begun = 0;
  for (let n = 0; n < 3; n += 1) void turns.take(1).then(() => (begun += 1));
  await thisTurn();
  for (let turn = 1; turn <= 3; turn += 1) {
    expect(begun).toBe(turn);
    await nextTurn();
  }
});

test('a later turn has room again, whether anybody waited or not', async () => {
  const turns = new Turns(1);
  for (let turn = 0; turn < 3; turn += 1) {
    let begun = false;
    void turns.take(1).then(() => (begun = true));
    await thisTurn();
    expect(begun).toBe(true);
    await nextTurn();
  }
});
