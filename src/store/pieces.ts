// Cutting what is long into pieces that are quickly handed over from one thread to another.

/** Handing over this many takes well below a millisecond. */
const PIECE = 500;

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
