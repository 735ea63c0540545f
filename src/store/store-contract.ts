// Every promise of the port as tests. Each backend's test file calls this with a way to open it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import { asked, attempt, numbered, spam, T } from './contract-samples.ts';
import type { Store } from './store.ts';
import { entryContract } from './store-contract-entries.ts';
import { exportContract } from './store-contract-exports.ts';
import { passContract } from './store-contract-passes.ts';
import { reportCountContract } from './store-contract-report-counts.ts';
import { reportListingContract } from './store-contract-report-listings.ts';
import { reportContract } from './store-contract-reports.ts';
import { standingContract } from './store-contract-standings.ts';
import { tupleListingContract } from './store-contract-tuple-listings.ts';
import { tupleContract } from './store-contract-tuples.ts';

/** How the contract opens a backend. */
export interface Backend {
  /** A store with nothing in it. */
  open(): Promise<Store>;
  /** For those that keep what they know: closes the store and opens it again. */
  reopen?(store: Store): Promise<Store>;
}

/** Tests every promise of the port on a backend. */
export function storeContract(name: string, backend: Backend): void {
  describe(`the promises of a store, kept by the ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await backend.open();
    });
    afterEach(async () => {
      await store[Symbol.asyncDispose]();
    });
    const open = (): Store => store;
    tupleContract(open);
    tupleListingContract(open);
    passContract(open);
    exportContract(open);
    entryContract(open);
    reportContract(open);
    reportCountContract(open);
    reportListingContract(open);
    standingContract(open);

    const reopen = async (): Promise<void> => {
      store = (await backend.reopen?.(store)) ?? store;
    };
    const isKept = backend.reopen !== undefined;

    test.runIf(isKept)('what was remembered is there when it is opened again', async () => {
      const pending = async (): Promise<number> => (await store.recall(asked(attempt))).pendingOfClient;
      await store.remember(attempt, T);
      await store.remember(numbered(1, '192.0.2.1'), T);
      await store.remember({ ...numbered(1, '192.0.2.1'), change: 'validate' }, T + 9);
      const before = await store.tuples({ text: undefined, limit: 9 });
      const unanswered = store.remember(numbered(2, '2001:db8::1'), T);
      await reopen();
      await unanswered;
      expect(before).toHaveLength(2);
      expect(await store.tuples({ text: undefined, limit: 9 })).toEqual(expect.arrayContaining([...before]));
      expect(await store.count()).toEqual({ pending: 2, valid: 1 });
      expect(await pending()).toBe(1);
      await store.remember(numbered(3, '203.0.113.7'), T);
      expect(await pending()).toBe(2);
    });

    test.runIf(isKept)('so are passes, reports and places', async () => {
      const pass = { client: 'example.com', domain: 'example.com', firstSeen: T, lastSeen: T, uses: 5 };
      await store.addPass(pass);
      await store.addReport(spam);
      await store.savePlace('mainlog', '4711');
      await reopen();
      expect((await store.recall({ ...asked(attempt), passes: [pass] })).pass).toEqual(pass);
      expect(await wholeList(store.reports(undefined))).toEqual([{ ...spam, originId: 1 }]);
      expect(await store.place('mainlog')).toBe('4711');
    });

    test.runIf(isKept)('the id of a report is never used again', async () => {
      await store.addReport(spam);
      await store.expire(NO_LIFE, T + 1, 10);
      expect(await store.reportsAfter(0, 9)).toEqual([]);
      await reopen();
      await store.addReport({ ...spam, time: T + 1 });
      expect(await store.reportsAfter(0, 9)).toMatchObject([{ id: 2, originId: 2 }]);
    });
  });
}

const NO_LIFE = {
  pending: 0,
  pendingShort: 0,
  pendingNullSender: 0,
  valid: 0,
  validShort: 0,
  pass: 0,
  report: 0,
  plainStanding: 0,
  checkReport: 0,
};
