// The kinds of tuples: all that decides how long a tuple lives, as one number, so that the tuples of a kind expire in
// their order.
import type { TupleState } from '../policy/greylist.ts';
import type { Lifetimes } from './store.ts';

export const KIND = {
  pending: 0,
  pendingShort: 1,
  pendingNullSender: 2,
  valid: 3,
  validShort: 4,
  validNullSender: 5,
} as const;
/** What is added to a pending kind when it becomes valid. */
export const TO_VALID: number = KIND.valid - KIND.pending;

/** Each kind with its lifetime, in the order in which maintenance removes them. */
export const EXPIRY: readonly (readonly [kind: number, lifetime: keyof Lifetimes])[] = [
  [KIND.pending, 'pending'],
  [KIND.pendingShort, 'pendingShort'],
  [KIND.pendingNullSender, 'pendingNullSender'],
  [KIND.valid, 'valid'],
  [KIND.validNullSender, 'valid'],
  [KIND.validShort, 'validShort'],
];

/** The kind of a new tuple. A bounce has no domain that a client's name could fit. */
export function kindOf(
  state: TupleState,
  { nullSender, shortLived }: { readonly nullSender: boolean; readonly shortLived: boolean },
): number {
  const pending = nullSender ? KIND.pendingNullSender : shortLived ? KIND.pendingShort : KIND.pending;
  return state === 'pending' ? pending : pending + TO_VALID;
}

/** Whether tuples of that kind are pending or valid. */
export function stateOf(kind: number): TupleState {
  return kind < KIND.valid ? 'pending' : 'valid';
}

/** All kinds of a state. */
export function kindsOf(state: TupleState): readonly number[] {
  return Object.values(KIND).filter((kind) => stateOf(kind) === state);
}
