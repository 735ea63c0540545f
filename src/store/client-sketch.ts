// A set of texts in fixed memory. It knows all texts that were added, and takes a few others for them: that saves
// looking up what is certainly not there. (A Bloom filter with one bit a text.)

const BITS = 2 ** 22;

export class ClientSketch {
  readonly #bits: Uint8Array = new Uint8Array(BITS / 8);

  add(text: string): void {
    const bit = bitOf(text);
    this.#bits[bit >> 3] = (this.#bits[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  /** False: it was never added. */
  mayHave(text: string): boolean {
    const bit = bitOf(text);
    return ((this.#bits[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}

/** FNV-1a; whoever makes texts collide gains a lookup. */
function bitOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) & (BITS - 1);
}
