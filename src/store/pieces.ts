// Cutting what is long into pieces that are quickly handed over from one thread to another.

/** Items of a piece: handing over this many takes well below a millisecond. */
const PIECE = 500;

/** Items that are looked at before other listings get their turn. */
export const TURN = 2000;

/** The items in pieces. */
export function* inPieces<T>(items: Iterable<T>): Generator<readonly T[], void> {
  let piece: T[] = [];
  for (const item of items) {
    if (piece.push(item) < PIECE) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}

/**
 * What `pick` makes of the items, in pieces. If it leaves out many, pieces are short or empty, so that others get their
 * turn.
 */
export function* pickedInPieces<T, U>(
  items: Iterable<T>,
  pick: (item: T) => U | undefined,
): Generator<readonly U[], void> {
  let piece: U[] = [];
  let seen = 0;
  for (const item of items) {
    const picked = pick(item);
    if (picked !== undefined) piece.push(picked);
    seen += 1;
    if (piece.length < PIECE && seen < TURN) continue;
    yield piece;
    piece = [];
    seen = 0;
  }
  if (piece.length > 0) yield piece;
}
