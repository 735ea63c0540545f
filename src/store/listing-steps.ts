// The listings that are under way, each of which goes on by a piece when it is asked to.
import type { ListingKinds, ListingPiece, ListingStep } from './listings.ts';

/** What answers the steps of these listings. A listing that is dropped, or fails, holds nothing any more. */
export function takeSteps(kinds: ListingKinds): (step: ListingStep) => ListingPiece {
  const begun = new Map<number, Iterator<ListingPiece, unknown>>();
  const next = (id: number): ListingPiece => {
    const listing = begun.get(id);
    if (listing === undefined) throw new Error('this listing was interrupted');
    // Put back only if there is a next piece: a listing that has ended, or thrown, does not go on.
    begun.delete(id);
    const { done, value } = listing.next();
    if (done === true) return undefined;
    begun.set(id, listing);
    return value as ListingPiece;
  };
  return (step) => {
    if (step.step === 'drop') {
      begun.get(step.id)?.return?.();
      begun.delete(step.id);
      return undefined;
    }
    if (step.step === 'begin') {
      const listing = kinds[step.kind] as (query: unknown) => Iterable<ListingPiece>;
      begun.set(step.id, listing(step.query)[Symbol.iterator]());
    }
    return next(step.id);
  };
}
