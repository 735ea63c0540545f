// A list that comes in pieces, put together.

/** All items of all pieces. */
export async function wholeList<T>(pieces: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const piece of pieces) for (const item of piece) items.push(item);
  return items;
}
