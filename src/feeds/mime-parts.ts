// The parts of a mail (RFC 2045, RFC 2046), as far as a report needs them: headers, and where a body lies. Nothing is copied
// but header blocks, and those are bounded, so a mail takes no more memory than its bytes.

export interface Header {
  /** In lower case. */
  readonly name: string;
  /** Unfolded, without white space around it. */
  readonly value: string;
}

export interface Part {
  readonly headers: readonly Header[];
  /** `type/subtype` in lower case; `text/plain` when there is none. */
  readonly contentType: string;
  readonly body: Buffer;
}

/** What is read of one header block, and of an encoded body. */
const HEADER_LIMIT = 256 * 1024;
const PART_LIMIT = 1000;
const DEPTH_LIMIT = 10;
const LF = 0x0a;
const CR = 0x0d;

/** The message's headers and body. */
export function parsePart(bytes: Buffer, defaultType = 'text/plain'): Part {
  const end = headerEnd(bytes.subarray(0, HEADER_LIMIT));
  const headers = parseHeaders(bytes.subarray(0, end));
  const type = headerValue(headers, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  const contentType = type !== undefined && type.includes('/') ? type : defaultType;
  return { headers, contentType, body: bytes.subarray(bodyStart(bytes, end)) };
}

/** The parts that have no parts of their own, in order; the mail itself if it has none. Attached mails stay closed. */
export function leafParts(mail: Part): readonly Part[] {
  const leaves: Part[] = [];
  collect(mail, leaves, DEPTH_LIMIT);
  return leaves;
}

/** The first header of that name. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  return headers.find((header) => header.name === name)?.value;
}

/** The beginning of the part's body without its transfer encoding: enough for the headers of an attached mail. */
export function decodedBody({ headers, body }: Part): Buffer {
  const encoding = headerValue(headers, 'content-transfer-encoding')?.toLowerCase();
  if (encoding === 'base64') return Buffer.from(body.subarray(0, 2 * HEADER_LIMIT).toString('latin1'), 'base64');
  if (encoding !== 'quoted-printable') return body;
  const text = body
    .subarray(0, 3 * HEADER_LIMIT)
    .toString('latin1')
    .replace(/=\r?\n/g, '');
  const decoded = text.replace(/=([\dA-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(decoded, 'latin1');
}

function collect(part: Part, leaves: Part[], depth: number): void {
  const boundary = part.contentType.startsWith('multipart/') ? boundaryOf(part.headers) : undefined;
  if (boundary === undefined || depth === 0) {
    leaves.push(part);
    return;
  }
  const defaultType = part.contentType === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
  for (const bytes of splitAt(part.body, `--${boundary}`)) {
    if (leaves.length >= PART_LIMIT) return;
    collect(parsePart(bytes, defaultType), leaves, depth - 1);
  }
}

// RFC 2046 section 5.1.1: at most 70 characters.
function boundaryOf(headers: readonly Header[]): string | undefined {
  const match = /;\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(
    headerValue(headers, 'content-type') ?? '',
  );
  return match?.[1] ?? match?.[2];
}

// A delimiter stands at the start of a line; the line end before it belongs to it.
function* splitAt(body: Buffer, delimiter: string): Iterable<Buffer> {
  let start: number | undefined;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + delimiter.length)) {
    const next = delimiterEnd(body, at, delimiter.length);
    if (next === undefined) continue;
    if (start !== undefined) yield body.subarray(start, Math.max(start, at - 1));
    if (next.last) return;
    start = next.end;
  }
  if (start !== undefined) yield body.subarray(start);
}

function delimiterEnd(body: Buffer, at: number, length: number): { end: number; last: boolean } | undefined {
  if (at > 0 && body[at - 1] !== LF) return undefined;
  const last = body.toString('latin1', at + length, at + length + 2) === '--';
  const lineEnd = body.indexOf(LF, at + length);
  const end = lineEnd < 0 ? body.length : lineEnd + 1;
  const rest = body.toString('latin1', at + length, Math.min(end, at + length + 100));
  return last || rest.trim() === '' ? { end, last } : undefined;
}

// Where the empty line begins, or the end of the bytes.
function headerEnd(bytes: Buffer): number {
  if (isLineEnd(bytes, 0)) return 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (isLineEnd(bytes, at + 1)) return at + 1;
  }
  return bytes.length;
}

function isLineEnd(bytes: Buffer, at: number): boolean {
  return bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF);
}

function bodyStart(bytes: Buffer, end: number): number {
  return end + (bytes[end] === CR ? 2 : 1);
}

function parseHeaders(bytes: Buffer): Header[] {
  const unfolded = bytes.toString('utf8').replace(/\r?\n(?=[ \t])/g, '');
  const headers: Header[] = [];
  for (const line of unfolded.split('\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trimEnd().toLowerCase();
    if (/^[!-9;-~]+$/.test(name)) headers.push({ name, value: line.slice(colon + 1).trim() });
  }
  return headers;
}
