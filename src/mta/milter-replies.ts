// What a mail filter answers, as bytes: packets as in milter-packets.ts (sendmail's include/libmilter/mfdef.h).

/** What the client of the MTA is told instead of the usual words. */
export interface SmtpReply {
  /** 4xx or 5xx. */
  readonly code: string;
  /** Enhanced status code and text, `4.2.0 Please come back`; several lines are separated by LF. */
  readonly text: string;
}

/** A change to a message that the MTA has received. */
export type Modification =
  | { readonly kind: 'add-header'; readonly name: string; readonly value: string }
  /** Index 0 is before all headers. */
  | { readonly kind: 'insert-header'; readonly index: number; readonly name: string; readonly value: string }
  /** The index-th header of that name, from 1, gets the value; an empty one removes it. */
  | { readonly kind: 'change-header'; readonly index: number; readonly name: string; readonly value: string };

/** What the MTA's offer is answered with (milter-negotiation.ts). */
export interface Agreement {
  readonly version: number;
  readonly actions: number;
  readonly steps: number;
  /** Names of macros by the number of their stage, to be sent instead of what the MTA is configured to send. */
  readonly macros: readonly (readonly [stage: number, names: readonly string[]])[];
}

export type MilterReply =
  /** Accept: nothing more of this message is to be seen. */
  | { readonly kind: 'continue' | 'accept' | 'reject' | 'tempfail' }
  | ({ readonly kind: 'reply' } & SmtpReply)
  | Modification
  | ({ readonly kind: 'agree' } & Agreement);

/** libmilter's limits (smfi_setmlreply). */
const LONGEST_LINE = 980;
const MOST_LINES = 32;

/** The reply's packet. */
export function encodeReply(reply: MilterReply): Buffer {
  switch (reply.kind) {
    case 'continue':
      return packet('c');
    case 'accept':
      return packet('a');
    case 'reject':
      return packet('r');
    case 'tempfail':
      return packet('t');
    case 'reply':
      return packet('y', string(replyLines(reply)));
    case 'add-header':
      return packet('h', string(reply.name), string(reply.value));
    case 'insert-header':
      return packet('i', number(reply.index), string(reply.name), string(reply.value));
    case 'change-header':
      return packet('m', number(reply.index), string(reply.name), string(reply.value));
    case 'agree': {
      const macros = reply.macros.flatMap(([stage, names]) => [number(stage), string(macroList(names))]);
      return packet('O', number(reply.version), number(reply.actions), number(reply.steps), ...macros);
    }
  }
}

/**
 * `451 4.2.0 text`; of several lines all but the last have a hyphen, and each has code and status (RFC 5321 section
 * 4.2.1). A `%` is doubled: the MTA takes the text for a format (smfi_setreply).
 */
function replyLines({ code, text }: SmtpReply): string {
  const [, status = '', words = text] = /^([245]\.\d{1,3}\.\d{1,3} )([^]*)$/.exec(text) ?? [];
  const lines = words.split(/\r?\n/).slice(0, MOST_LINES);
  return lines.map((line, i) => `${code}${i === lines.length - 1 ? ' ' : '-'}${status}${printable(line)}`).join('\r\n');
}

function printable(line: string): string {
  return line
    .slice(0, LONGEST_LINE)
    .replace(/[^\x20-\x7e]/g, '?')
    .replaceAll('%', '%%');
}

function macroList(names: readonly string[]): string {
  return names.map((name) => (name.length > 1 ? `{${name}}` : name)).join(' ');
}

function packet(letter: string, ...data: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from(letter), ...data]);
  return Buffer.concat([number(body.length), body]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function string(text: string): Buffer {
  return Buffer.from(`${text.replaceAll('\0', '')}\0`);
}
