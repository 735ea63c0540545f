// The sync protocol on the wire, for both ends: commands are lines; a long answer is a document, `300 ...`, its lines,
// and a single dot; a line that begins with a dot is sent with one more (as in RFC 5321 section 4.5.2).

/** The first line of a document. */
const FOLLOWING = '300 document following\r\n';

/** The lines as a document. */
export function formatDocument(lines: readonly string[]): string {
  return `${FOLLOWING}${lines.map((line) => `${line.startsWith('.') ? '.' : ''}${line}\r\n`).join('')}.\r\n`;
}

/** One answer: its code, the text behind it, and the document's lines if one follows. */
export interface Answer {
  readonly code: number;
  readonly text: string;
  readonly document: readonly string[];
}

/** The answer in what was received so far; undefined while its end is still missing. A line without a code is a refusal. */
export function parseAnswer(received: string): Answer | undefined {
  const lines = received.split(/\r?\n/);
  // Without an end of line the last element is a line that is not complete yet.
  lines.pop();
  const [first, ...rest] = lines;
  if (first === undefined) return undefined;
  const [, code = '500', text = ''] = /^(\d{3}) ?(.*)$/s.exec(first) ?? [first, '500', first];
  if (code !== '300') return { code: Number(code), text, document: [] };
  const end = rest.indexOf('.');
  if (end < 0) return undefined;
  const document = rest.slice(0, end).map((line) => (line.startsWith('.') ? line.slice(1) : line));
  return { code: 300, text, document };
}
