import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AttemptIndex } from './attempt-index.ts';

const key = fc.record({ hash: fc.constantFrom(0, 1, -1, 1023, 1024, -1024), more: fc.constantFrom(0, 1, -1) });

test('it says what a map would', () => {
  const steps = fc.array(fc.record({ key, change: fc.constantFrom('add', 'add', 'remove') }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (all) => {
      const index = new AttemptIndex();
      const map = new Map<string, number>();
      for (const [time, one] of all.entries()) {
        const name = `${one.key.hash} ${one.key.more}`;
        if (one.change === 'remove') {
          index.remove(one.key);
          map.delete(name);
        } else if (!map.has(name)) {
          index.add(one.key, time);
          map.set(name, time);
        }
        expect(index.find(one.key)).toBe(map.get(name));
      }
    }),
  );
});

test('it grows with what is there', () => {
  const index = new AttemptIndex();
  for (let i = 0; i < 5000; i += 1) index.add({ hash: Math.imul(i, 2_654_435_761), more: i }, i);
  expect(index.slots).toBe(16_384);
  for (let i = 0; i < 5000; i += 1) expect(index.find({ hash: Math.imul(i, 2_654_435_761), more: i })).toBe(i);
});

test('what was removed again takes no room', () => {
  const index = new AttemptIndex();
  const kept = { hash: 7, more: 7 };
  index.add(kept, 7);
  for (let i = 0; i < 100_000; i += 1) {
    index.add({ hash: i, more: 0 }, i);
    index.remove({ hash: i, more: 0 });
  }
  expect(index.slots).toBe(1024);
  expect(index.find(kept)).toBe(7);
});
