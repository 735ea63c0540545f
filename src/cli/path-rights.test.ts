import { expect, test } from 'vitest';
import { closedStep, type PathStep, type ProcessUser, READ, WRITE } from './path-rights.ts';

const OWNER = { uid: 500, gids: [7] };
const MEMBER = { uid: 501, gids: [7] };
const OTHER = { uid: 501, gids: [8] };
const SUPERUSER = { uid: 0, gids: [0] };

test.for<[who: ProcessUser, mode: number, right: number, may: boolean]>([
  [OWNER, 0o400, READ, true],
  [OWNER, 0o077, READ, false],
  [OWNER, 0o300, READ, false],
  [OWNER, 0o200, WRITE, true],
  [OWNER, 0o500, WRITE, false],
  [MEMBER, 0o040, READ, true],
  // What others may does not count for the group.
  [MEMBER, 0o707, READ, false],
  [OTHER, 0o004, READ, true],
  [OTHER, 0o770, READ, false],
  [OTHER, 0o663, READ, false],
  [OTHER, 0o665, WRITE, false],
  [SUPERUSER, 0o000, READ, true],
])('%j has with mode %o the right %i: %s', ([who, mode, right, may]) => {
  const step = { path: '/f', mode, uid: 500, gid: 7 };
  expect(closedStep(who, [step], right)).toBe(may ? undefined : step);
});

test('on the way to a file it takes the right to search, whatever is done with the file', () => {
  const way: readonly PathStep[] = [0o751, 0o606].map((mode, at) => ({ path: `/${at}`, mode, uid: 0, gid: 0 }));
  expect(closedStep(OTHER, way, READ)).toBe(undefined);
  expect(closedStep(OTHER, way.toReversed(), READ)).toBe(way[1]);
});
