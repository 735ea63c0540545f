// The MTA's side of the milter protocol: commands to bytes, bytes to replies, and an MTA that plays a script on a socket.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import type { SocketAddress } from '../src/lib/socket-address.ts';
import type { Command, Step } from '../src/mta/milter-packets.ts';

const STEPS: { readonly [S in Step]: string } = {
  connect: 'C',
  helo: 'H',
  mail: 'M',
  rcpt: 'R',
  data: 'T',
  header: 'L',
  eoh: 'N',
  body: 'B',
  eom: 'E',
  unknown: 'U',
};
const FAMILIES = { unknown: 'U', unix: 'L', inet: '4', inet6: '6' } as const;

/** A packet with any letter and data. */
export function packet(letter: string, ...data: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat([letter, ...data].map((part) => Buffer.from(part)));
  return Buffer.concat([number(body.length), body]);
}

/** 32 bits, most significant byte first. */
export function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function strings(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\0`).join('');
}

/** The command's packet; a malformed command is a packet of no kind. */
export function encodeCommand(command: Command): Buffer {
  switch (command.kind) {
    case 'negotiate':
      return packet('O', number(command.version), number(command.actions), number(command.steps));
    case 'macros': {
      const words = [...command.macros].flatMap(([name, value]) => [name.length > 1 ? `{${name}}` : name, value]);
      return packet('D', STEPS[command.step], strings(...words));
    }
    case 'connect':
      return packet('C', strings(command.name), FAMILIES[command.family], ...addressOf(command));
    case 'helo':
      return packet('H', strings(command.name));
    case 'mail':
    case 'rcpt':
      return packet(STEPS[command.kind], strings(command.address, ...command.parameters));
    case 'header':
      return packet('L', strings(command.name, command.value));
    case 'body':
    case 'eom':
      return packet(STEPS[command.kind], command.bytes);
    case 'unknown':
      return packet('U', strings(command.line));
    case 'data':
    case 'eoh':
      return packet(STEPS[command.kind]);
    case 'abort':
      return packet('A');
    case 'quit':
      return packet('Q');
    case 'quit-nc':
      return packet('K');
    case 'malformed':
      return packet('?');
  }
}

function addressOf({ family, port, address }: Extract<Command, { kind: 'connect' }>): (string | Buffer)[] {
  return family === 'unknown' ? [] : [number(port).subarray(2), strings(address)];
}

/** A reply as it stands in its packet: the letter, and the data with `|` for each NUL and numbers as `#7`. */
export type ReplyText = string;

/** The replies in the bytes, and how many bytes are left of the last one. */
export function decodeReplies(bytes: Buffer): { readonly replies: readonly ReplyText[]; readonly rest: Buffer } {
  const replies: ReplyText[] = [];
  let rest = bytes;
  while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
    const end = 4 + rest.readUInt32BE();
    replies.push(replyText(rest.subarray(4, end)));
    rest = rest.subarray(end);
  }
  return { replies, rest };
}

function replyText(body: Buffer): ReplyText {
  const letter = body.toString('latin1', 0, 1);
  const numbers = { O: 3, i: 1, m: 1 }[letter] ?? 0;
  let text = letter;
  for (let i = 0; i < numbers; i += 1) text += `#${body.readUInt32BE(1 + 4 * i)}`;
  const data = body.subarray(1 + 4 * numbers);
  if (letter !== 'O') return text + data.toString().replaceAll('\0', '|');
  return (
    text +
    data.toString('latin1').replace(/\0\0\0([^])([^\0]*)\0/g, (_, stage, names) => `#${stage.charCodeAt(0)}${names}|`)
  );
}

export interface ScriptedMta extends AsyncDisposable {
  readonly socket: Socket;
  /** Sends commands (or bytes as they are). */
  send(...commands: readonly (Command | Buffer)[]): void;
  /** Sends commands and waits for that number of replies. */
  ask(replies: number, ...commands: readonly (Command | Buffer)[]): Promise<readonly ReplyText[]>;
  /** Resolves when the other side has closed the connection. */
  readonly closed: Promise<unknown>;
}

/** An MTA that is connected to a milter server. */
export async function connectMta(address: SocketAddress): Promise<ScriptedMta> {
  const socket = createConnection(address);
  const closed = once(socket, 'close').catch(() => {});
  socket.on('error', () => {});
  await once(socket, 'connect');
  let rest: Buffer = Buffer.alloc(0);
  const received: ReplyText[] = [];
  socket.on('data', (bytes: Buffer) => {
    const decoded = decodeReplies(Buffer.concat([rest, bytes]));
    rest = decoded.rest;
    received.push(...decoded.replies);
    socket.emit('replies');
  });
  const send: ScriptedMta['send'] = (...commands) => {
    socket.write(
      Buffer.concat(commands.map((command) => (Buffer.isBuffer(command) ? command : encodeCommand(command)))),
    );
  };
  return {
    socket,
    send,
    ask: async (replies, ...commands) => {
      send(...commands);
      while (received.length < replies) {
        await Promise.race([
          once(socket, 'replies'),
          closed.then(() => Promise.reject(new Error('connection closed'))),
        ]);
      }
      return received.splice(0, replies);
    },
    closed,
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      await closed;
    },
  };
}
