// A first attempt as one line of the journal: the hash of its tuple, by which they are sorted, and JSON.
import { type Address, parseAddress } from '../policy/address.ts';
import type { Seconds } from '../policy/check.ts';
import { kindsOf } from './tuple-kind.ts';
import type { TupleOrigin } from './tuple-row.ts';

export interface FirstAttempt extends TupleOrigin {
  /** See tuple-kind.ts. */
  readonly kind: number;
  readonly time: Seconds;
}

type Fields = [
  kind: number,
  time: number,
  address: string,
  client: string,
  sender: string,
  recipient: string,
  senderText: string,
  clientName: string | null,
];

/** The line, with its end; `hash` is that of its tuple. */
export function formatAttempt(attempt: FirstAttempt, hash: number): string {
  const { kind, time, client, tuple, senderText, clientName } = attempt;
  const who: [string, string, string, string] = [client.text, tuple.client, tuple.sender, tuple.recipient];
  return `${hash} ${JSON.stringify([kind, time, ...who, senderText, clientName ?? null] satisfies Fields)}\n`;
}

/** The hash of a line. If the database was exchanged since, its own hash of the tuple is another one. */
export function hashOf(line: string): number {
  return Number.parseInt(line, 10) | 0;
}

/** The attempts of a journal. */
export function* parseAttempts(lines: Buffer): Generator<FirstAttempt, void> {
  let start = 0;
  for (let end = lines.indexOf(10); end >= 0; end = lines.indexOf(10, start)) {
    const attempt = parseAttempt(lines.toString('utf8', start, end));
    if (attempt !== undefined) yield attempt;
    start = end + 1;
  }
}

/**
 * The attempt of a line without its end; undefined if it is not whole, or damaged, since the machine ended while it was
 * written.
 */
export function parseAttempt(line: string): FirstAttempt | undefined {
  const fields = parseFields(line);
  if (fields === undefined) return undefined;
  const [kind, time, address, client, sender, recipient, senderText, clientName] = fields;
  const from: Address | undefined = parseAddress(address);
  if (from === undefined) return undefined;
  const tuple = { client, sender, recipient };
  return { kind, time, client: from, tuple, senderText, clientName: clientName ?? undefined };
}

function parseFields(line: string): Fields | undefined {
  if (!line.endsWith(']')) return undefined;
  try {
    const fields: unknown = JSON.parse(line.slice(line.indexOf(' ')));
    return isFields(fields) ? fields : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the database takes it: an attempt that it never takes would keep all others from being moved. */
function isFields(fields: unknown): fields is Fields {
  if (!Array.isArray(fields) || fields.length !== 8) return false;
  const [kind, time, ...texts] = fields as unknown[];
  const isText = (text: unknown, i: number): boolean => typeof text === 'string' || (i === 5 && text === null);
  return PENDING.some((one) => one === kind) && Number.isSafeInteger(time) && texts.every(isText);
}

const PENDING = kindsOf('pending');
