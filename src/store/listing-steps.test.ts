import { expect, test } from 'vitest';
import { takeSteps } from './listing-steps.ts';
import type { ListingKinds, ListingStep } from './listings.ts';

const NEXT: ListingStep = { step: 'next', id: 1 };
const DROP: ListingStep = { step: 'drop', id: 1 };

/** A listing of bad clients, begun, that yields two pieces and then ends so; and how often it was closed. */
function begun(end: () => void = () => {}) {
  let closed = 0;
  function* badClients(): Generator<readonly string[], void> {
    try {
      yield ['192.0.2.1'];
      yield ['192.0.2.2'];
      end();
    } finally {
      closed += 1;
    }
  }
  const take = takeSteps({ badClients } as Partial<ListingKinds> as ListingKinds);
  const first = take({ step: 'begin', id: 1, kind: 'badClients', query: { after: 0 } });
  return { take, first, closed: () => closed };
}

test('a listing is over after its last piece', () => {
  const { take, first, closed } = begun();
  expect([first, take(NEXT), take(NEXT), closed()]).toEqual([['192.0.2.1'], ['192.0.2.2'], undefined, 1]);
  expect(() => take(NEXT)).toThrow('interrupted');
});

test.for<[when: string, steps: readonly ListingStep[]]>([
  ['after its first piece', [DROP]],
  ['after its last piece', [NEXT, DROP]],
  ['twice', [DROP, DROP]],
])('a listing that is dropped %s is closed at once', ([, steps]) => {
  const { take, closed } = begun();
  for (const step of steps) take(step);
  expect(closed()).toBe(1);
  expect(() => take(NEXT)).toThrow('interrupted');
});

test('a listing that fails is over', () => {
  const { take } = begun(() => {
    throw new Error('disk I/O error');
  });
  take(NEXT);
  expect(() => take(NEXT)).toThrow('disk I/O error');
  expect(() => take(NEXT)).toThrow('interrupted');
});
