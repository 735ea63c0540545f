// Domain names on the wire (RFC 1035 sections 3.1 and 4.1.4): labels with a length octet each, or a pointer back.

export interface NameAt {
  /** Lower case, without a final dot; '' is the root. Octets that a host name can't have are written \DDD (section 5.1). */
  readonly name: string;
  /** The offset behind the name. */
  readonly end: number;
}

const MAX_LABEL = 63;
const MAX_NAME = 255;
/** More than any real message needs; without a bound, many names could each walk the same long chain. */
const MAX_POINTERS = 32;
/** Each octet may be written with four characters. */
const MAX_TEXT = 4 * MAX_NAME;
const [SPACE, DELETE, DOT, BACKSLASH] = [0x20, 0x7f, 0x2e, 0x5c] as const;
const [ZERO, UPPER_A, UPPER_Z, TO_LOWER] = [0x30, 0x41, 0x5a, 0x20] as const;
const LABEL = /^[!-[\]-~]{1,63}$/;

/** The name's bytes, or undefined if no name in the DNS is spelled like this. */
export function encodeName(name: string): Buffer | undefined {
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  if (bare.length > MAX_NAME - 2 || !bare.split('.').every((label) => LABEL.test(label))) return undefined;
  const bytes = Buffer.alloc(bare.length + 2);
  let at = 0;
  for (const label of bare.split('.')) {
    bytes[at] = label.length;
    at += 1 + bytes.write(label, at + 1, 'latin1');
  }
  return bytes;
}

/**
 * The name at an offset, or undefined if there is none. Pointers may only lead backwards, so that no name is endless. Octet by
 * octet into one text, since a message may have thousands of names with more than a hundred labels each.
 */
export function decodeName(data: Buffer, start: number): NameAt | undefined {
  const text = Buffer.allocUnsafe(MAX_TEXT);
  let written = 0;
  let at = start;
  let lowest = start;
  let end: number | undefined;
  let pointers = 0;
  let length = 1;
  for (;;) {
    const size = data[at];
    if (size === undefined) return undefined;
    if (size === 0) return { name: text.toString('latin1', 0, written), end: end ?? at + 1 };
    if (size <= MAX_LABEL) {
      length += size + 1;
      if (length > MAX_NAME || at + size >= data.length) return undefined;
      if (written > 0) text[written++] = DOT;
      for (let i = 1; i <= size; i += 1) written = writeOctet(text, written, data[at + i] ?? 0);
      at += size + 1;
    } else {
      const target = pointerAt(data, at);
      if (target === undefined || target >= lowest || ++pointers > MAX_POINTERS) return undefined;
      end ??= at + 2;
      at = lowest = target;
    }
  }
}

function pointerAt(data: Buffer, at: number): number | undefined {
  const high = data[at] ?? 0;
  const low = data[at + 1];
  return high < 0xc0 || low === undefined ? undefined : ((high & 0x3f) << 8) | low;
}

/** Writes an octet of a label as names have it; returns the offset behind it. */
function writeOctet(text: Buffer, at: number, octet: number): number {
  if (octet > SPACE && octet < DELETE && octet !== DOT && octet !== BACKSLASH) {
    text[at] = octet >= UPPER_A && octet <= UPPER_Z ? octet + TO_LOWER : octet;
    return at + 1;
  }
  text[at] = BACKSLASH;
  text[at + 1] = ZERO + Math.floor(octet / 100);
  text[at + 2] = ZERO + (Math.floor(octet / 10) % 10);
  text[at + 3] = ZERO + (octet % 10);
  return at + 4;
}
