import { expect, test } from 'vitest';
import { ClientSketch } from './client-sketch.ts';

test('it knows all that was added and few others', () => {
  const sketch = new ClientSketch();
  const texts = Array.from({ length: 20_000 }, (_, i) => `203.0.${i >> 8}.${i & 255}`);
  const added = texts.filter((_, i) => i % 2 === 0);
  for (const text of added) sketch.add(text);
  expect(added.every((text) => sketch.mayHave(text))).toBe(true);
  expect(texts.filter((text) => sketch.mayHave(text)).length).toBeLessThan(added.length * 1.05);
  expect(new ClientSketch().mayHave('203.0.113.7')).toBe(false);
});
