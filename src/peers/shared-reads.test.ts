import { expect, test } from 'vitest';
import { createNews } from '../lib/news.ts';
import { REPORT } from './fake-sync-parts.ts';
import { shareReads } from './shared-reads.ts';
import type { ReportSource } from './report-source.ts';

type Page = Awaited<ReturnType<ReportSource['reportsAfter']>>;

/** A source that answers when it is told to. */
function setUp() {
  const asked: { readonly what: string; readonly answer: PromiseWithResolvers<Page> }[] = [];
  const news = createNews();
  const source: ReportSource = {
    reportIdBefore: async (stored) => stored,
    reportsAfter: (id, limit) => {
      const answer = Promise.withResolvers<Page>();
      asked.push({ what: `${id} ${limit}`, answer });
      return answer.promise;
    },
  };
  return { asked, news, shared: shareReads(source, news) };
}

test('reads of the same page are one while it lasts', async () => {
  const { asked, shared } = setUp();
  const [one, same] = [shared.reportsAfter(7, 200), shared.reportsAfter(7, 200)];
  const others = [shared.reportsAfter(8, 200), shared.reportsAfter(7, 1)];
  for (const { answer } of asked) answer.resolve([]);
  expect(await one).toBe(await same);
  await Promise.all(others);
  const again = shared.reportsAfter(7, 200);
  expect(asked.map(({ what }) => what)).toEqual(['7 200', '8 200', '7 1', '7 200']);
  asked[3]?.answer.resolve([]);
  await again;
});

test('what is read after news does not come from before them', async () => {
  const { asked, news, shared } = setUp();
  const before = shared.reportsAfter(7, 200);
  news.tell();
  const after = shared.reportsAfter(7, 200);
  asked[0]?.answer.resolve([]);
  await before;
  // The end of the first is not taken for that of the second.
  const same = shared.reportsAfter(7, 200);
  expect(asked).toHaveLength(2);
  asked[1]?.answer.resolve([]);
  expect(await same).toBe(await after);
});

test('one that fails fails for all, and is tried again', async () => {
  const { asked, shared } = setUp();
  const both = [shared.reportsAfter(7, 200), shared.reportsAfter(7, 200)];
  asked[0]?.answer.reject(new Error('database is locked'));
  for (const one of both) await expect(one).rejects.toThrow('database is locked');
  const again = shared.reportsAfter(7, 200);
  asked[1]?.answer.resolve([]);
  expect(await again).toEqual([]);
});

test('of readers that are told the same at once, a few are told in a turn of the event loop', async () => {
  const { asked, shared } = setUp();
  let told = 0;
  const reads = Array.from({ length: 50 }, () => shared.reportsAfter(7, 200).then(() => (told += 1)));
  asked[0]?.answer.resolve(Array.from({ length: 50 }, (_, id) => ({ ...REPORT, id })));
  const after: number[] = [];
  while (told < reads.length) {
    await new Promise(setImmediate);
    after.push(told);
  }
  expect(after[0]).toBeLessThan(10);
  expect(after.length).toBeGreaterThan(5);
});
