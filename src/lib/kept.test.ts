import { expect, test } from 'vitest';
import { keptText, keptValue, type Places } from './kept.ts';

function emptyPlaces(): Places {
  const texts = new Map<string, string>();
  return {
    place: async (name) => texts.get(name),
    savePlace: async (name, text) => void texts.set(name, text),
  };
}

test('what was saved under a name is loaded again, as a text or as what it stands for', async () => {
  const places = emptyPlaces();
  const number = keptValue(places, 'age', { read: Number, write: String });
  expect(await number.load()).toBeUndefined();
  await number.save(7);
  expect(await number.load()).toBe(7);
  expect(await keptText(places, 'age').load()).toBe('7');
  expect(await keptText(places, 'other').load()).toBeUndefined();
});
