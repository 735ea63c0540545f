// One row of the table `tuple` and what it stands for. The columns are described in schema.ts.
import type { SQLOutputValue } from 'node:sqlite';
import type { StoredTuple } from '../policy/greylist.ts';
import { addressBytes, addressOf, packPart, unpackPart } from './packed-address.ts';
import type { Remembrance } from './store.ts';

/** State and null sender in one number; the first part of the table's key. */
export const KIND = { pending: 0, pendingNullSender: 1, valid: 2, validNullSender: 3 } as const;
export const KINDS: readonly number[] = Object.values(KIND);
/** What is added to a pending kind when it becomes valid. */
export const TO_VALID: number = KIND.valid - KIND.pending;

/** The columns that rowOf fills and storedTuple reads, in this order; first_seen and uses start as they are by default. */
export const INSERTED = 'part, client, sender, recipient, sender_local, sender_text, client_name';
export const LISTED: string = `kind, last_seen, seq, first_seen, uses, ${INSERTED}`;

type Column = string | Uint8Array | null;

/** The inserted columns of a first attempt. */
export function rowOf(remembrance: Remembrance): Column[] {
  const { tuple, senderText, clientName } = remembrance;
  const part = packPart(tuple.client);
  const client = clientColumn(part, addressBytes(remembrance.client));
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

/** A listed row as the tuple it stands for. */
export function storedTuple(row: readonly SQLOutputValue[]): StoredTuple {
  const [kind, lastSeen, , firstSeen, uses, part, client, sender, recipient, local, text, name] = row;
  return {
    tuple: { client: unpackPart(part as Uint8Array | string), sender: String(sender), recipient: String(recipient) },
    state: Number(kind) < KIND.valid ? 'pending' : 'valid',
    nullSender: kind === KIND.pendingNullSender || kind === KIND.validNullSender,
    firstSeen: Number(firstSeen ?? lastSeen),
    lastSeen: Number(lastSeen),
    uses: Number(uses),
    client: addressOf(clientBytes(part ?? null, client ?? null)).text,
    clientName: name === null ? undefined : String(name),
    senderText: local === null ? String(text ?? sender) : `${String(local)}@${String(sender)}`,
  };
}

function clientColumn(part: Uint8Array | string, address: Uint8Array): Uint8Array {
  if (typeof part === 'string') return address;
  // Of the same family (3 and 4, or 8 and 16 bytes) and with the same first bytes; else all of it is kept.
  const inside = part.length > 4 === address.length > 4 && part.every((byte, i) => byte === address[i]);
  return inside ? address.subarray(part.length) : address;
}
