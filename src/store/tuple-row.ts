// One row of the table `tuple` and what it stands for. The columns are described in schema.ts.
import type { SQLOutputValue } from 'node:sqlite';
import type { Address } from '../policy/address.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import type { Tuple } from '../policy/tuple.ts';
import { addressOf, unpackPart } from './packed-address.ts';
import { KIND, stateOf } from './tuple-kind.ts';

/** What does not change as long as the tuple is kept. */
export interface TupleOrigin {
  readonly tuple: Tuple;
  readonly client: Address;
  readonly senderText: string;
  readonly clientName: string | undefined;
}

/** The columns that rowOf fills and storedTuple reads, in this order. */
export const INSERTED = 'part, client, sender, recipient, sender_local, sender_text, client_name';
export const LISTED: string = `kind, last_seen, seq, first_seen, uses, ${INSERTED}`;

type Column = string | Uint8Array | null;

/** The inserted columns; `part` and `address` are those of its tuple and client, packed. */
export function rowOf(
  { tuple, senderText, clientName }: TupleOrigin,
  part: Uint8Array | string,
  address: Uint8Array,
): Column[] {
  const client = clientColumn(part, address);
  const local = senderText.endsWith(`@${tuple.sender}`) ? senderText.slice(0, -tuple.sender.length - 1) : null;
  const text = local !== null || senderText === tuple.sender ? null : senderText;
  return [part, client, tuple.sender, tuple.recipient, local, text, clientName ?? null];
}

/** The client's address from the columns part and client. */
export function clientBytes(part: SQLOutputValue, client: SQLOutputValue): Uint8Array {
  const rest = client as Uint8Array;
  return typeof part === 'string' || rest.length === 4 || rest.length === 16
    ? rest
    : Uint8Array.from([...(part as Uint8Array), ...rest]);
}

/** The client's address from a listed row. */
export function clientOfListed(row: readonly SQLOutputValue[]): Uint8Array {
  return clientBytes(row[5] ?? null, row[6] ?? null);
}

/** The sender's text from the columns sender, sender_local and sender_text. */
function senderTextOf(columns: { readonly [K in 'sender' | 'local' | 'text']: SQLOutputValue | undefined }): string {
  const { sender, local, text } = columns;
  return local === null ? String(text ?? sender) : `${String(local)}@${String(sender)}`;
}

/** A listed row as the tuple it stands for. */
export function storedTuple(row: readonly SQLOutputValue[]): StoredTuple {
  const [kind, lastSeen, , firstSeen, uses, part, , sender, recipient, local, text, name] = row;
  return {
    tuple: { client: unpackPart(part as Uint8Array | string), sender: String(sender), recipient: String(recipient) },
    state: stateOf(Number(kind)),
    nullSender: kind === KIND.pendingNullSender || kind === KIND.validNullSender,
    firstSeen: Number(firstSeen ?? lastSeen),
    lastSeen: Number(lastSeen),
    uses: Number(uses),
    client: addressOf(clientOfListed(row)).text,
    clientName: name === null ? undefined : String(name),
    senderText: senderTextOf({ sender, local, text }),
  };
}

function clientColumn(part: Uint8Array | string, address: Uint8Array): Uint8Array {
  if (typeof part === 'string') return address;
  return isPrefix(part, address) ? address.slice(part.length) : address;
}

function isPrefix(start: Uint8Array, bytes: Uint8Array): boolean {
  for (let i = 0; i < start.length; i += 1) if (start[i] !== bytes[i]) return false;
  return true;
}
