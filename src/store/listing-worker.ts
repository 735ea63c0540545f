// The worker that reads what may be long, over a connection of its own that cannot write.
import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { clientListings } from './client-listings.ts';
import type { ListingKinds, ListingPiece, ListingStep } from './listings.ts';
import { tupleListings } from './tuple-listings.ts';
import { serveCalls } from './worker-calls.ts';

const db = new DatabaseSync(String(workerData), { readOnly: true, timeout: 1000 });
const kinds: ListingKinds = { ...tupleListings(db), ...clientListings(db) };
const begun = new Map<number, Iterator<ListingPiece, unknown>>();

serveCalls((step: ListingStep): ListingPiece => {
  if (step.step === 'begin') {
    const listing = kinds[step.kind] as (query: unknown) => Iterable<ListingPiece>;
    begun.set(step.id, listing(step.query)[Symbol.iterator]());
  }
  const next = step.step === 'drop' ? undefined : nextPiece(step.id);
  if (next === undefined) begun.delete(step.id);
  return next;
});

function nextPiece(id: number): ListingPiece {
  const listing = begun.get(id);
  if (listing === undefined) throw new Error('this listing was interrupted');
  const { done, value } = listing.next();
  return done === true ? undefined : (value as ListingPiece);
}
