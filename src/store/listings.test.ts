import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { ListingStep } from './listings.ts';
import { Listings } from './listings.ts';
import { openDatabase } from './schema.ts';

interface Opened {
  readonly path: string;
  readonly listings: Listings;
  /** What the worker was asked. */
  readonly steps: () => readonly string[];
  /** Ends the worker. */
  readonly end: () => Promise<unknown>;
  /** How many were ended. */
  readonly ended: () => number;
}

function open(): Opened {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-listings-'));
  const path = join(directory, 'db');
  openDatabase(path).close();
  const asked = vi.spyOn(Worker.prototype, 'postMessage');
  const ended = vi.spyOn(Worker.prototype, 'terminate');
  const listings = new Listings(path);
  onTestFinished(async () => {
    await listings[Symbol.asyncDispose]();
    for (const spy of [asked, ended]) spy.mockRestore();
    vi.useRealTimers();
    rmSync(directory, { recursive: true });
  });
  return {
    path,
    listings,
    steps: () => asked.mock.calls.map(([{ question }]) => (question as ListingStep).step),
    end: async () => (asked.mock.contexts.at(-1) as Worker).terminate(),
    ended: () => ended.mock.calls.length,
  };
}

test('what is left in the middle is dropped', async () => {
  const { listings, steps } = open();
  for await (const piece of listings.read('count', {})) {
    expect(piece).toEqual([{ pending: 0, valid: 0 }]);
    break;
  }
  expect(steps()).toEqual(['begin', 'drop']);
});

test('the worker ends a while after the last listing, also after one that failed', async () => {
  const { path, listings, end, ended } = open();
  const slow = listings.read('count', {});
  await slow.next();
  await listings.all('count', {});
  vi.advanceTimersByTime(60_000);
  expect(ended()).toBe(0);
  await end();
  renameSync(path, `${path}.away`);
  await expect(slow.next()).rejects.toThrow('unable to open database file');
  renameSync(`${path}.away`, path);
  await listings.all('count', {});
  expect(ended()).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect(ended()).toBe(2);
});
