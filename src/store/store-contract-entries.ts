// The promises of the port about entries made by hand and about places.
import { expect, test } from 'vitest';
import type { ManualEntry } from '../policy/manual-entry.ts';
import { LIFETIMES, T } from './contract-samples.ts';
import type { Store } from './store.ts';

const black: ManualEntry = {
  subject: '203.0.113.0/24',
  kind: 'black',
  author: 'anna',
  reason: 'phishing since Monday',
  made: T,
  expires: T + 100,
};
const white: ManualEntry = { ...black, subject: 'example.com', kind: 'white', expires: T + 200 };

/** Tests them on the store that is open at the time. */
export function entryContract(open: () => Store): void {
  test('entries made by hand: one a subject, by subject', async () => {
    expect(await open().entries()).toEqual([]);
    await open().putEntry({ ...white, kind: 'black' });
    await open().putEntry(black);
    await open().putEntry(white);
    expect(await open().entries()).toEqual([black, white]);
    expect(await open().removeEntry(black.subject)).toBe(true);
    expect(await open().removeEntry(black.subject)).toBe(false);
    expect(await open().entries()).toEqual([white]);
  });

  test('entries made by hand expire at their own time, the oldest first', async () => {
    await open().putEntry(black);
    await open().putEntry(white);
    expect(await open().expire(LIFETIMES, T + 100, 9)).toBe(0);
    expect(await open().expire(LIFETIMES, T + 101, 0)).toBe(0);
    expect(await open().expire(LIFETIMES, T + 101, 9)).toBe(1);
    expect(await open().entries()).toEqual([white]);
    const later = { ...black, expires: T + 201 };
    await open().putEntry(later);
    expect(await open().expire(LIFETIMES, T + 202, 1)).toBe(1);
    expect(await open().entries()).toEqual([later]);
  });

  test('a place is what was saved last', async () => {
    expect(await open().place('mainlog')).toBeUndefined();
    await open().savePlace('mainlog', '1');
    await open().savePlace('mainlog', '{"inode":2}');
    await open().savePlace('other', '');
    expect([await open().place('mainlog'), await open().place('other')]).toEqual(['{"inode":2}', '']);
  });
}
