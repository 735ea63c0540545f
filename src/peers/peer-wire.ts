// The client's side of the sync protocol on one connection: lines, commands with their answers, the greeting.
import type { Socket } from 'node:net';
import { createLineReader } from '../lib/line-reader.ts';
import type { Log } from '../lib/log.ts';
import { logLine, logSent } from '../lib/log-connection.ts';
import { secureClient } from '../lib/mutual-tls.ts';
import type { PeerTls } from './peer-tls.ts';
import { parseAnswer } from './sync-protocol.ts';

/**
 * Characters of a line of the server. The original daemon passes on addresses as long as its mail server lets them be
 * (Exim: 16 KiB, smtp_cmd_buffer_size). A report with such an address is refused later; if it could not even be read,
 * it would be sent again with each connection, and nothing behind it would ever come.
 */
const LONGEST_LINE = 65_536;
/** Characters of an answer that are quoted in ours. */
const MOST_QUOTED = 100;
/** How a server sends us away that does not know us; but the connection may have been lost, too. */
const UNANSWERED = 'closed without an answer; this server is probably not in its accept or peer lines';
/** In TLS 1.3 the client's handshake is done before the server has looked at the client's certificate. */
const UNTRUSTED =
  'closed after the TLS handshake; the server there probably does not trust the certificate of this one';

/** The lines of the other end, as they come. */
export type Input = AsyncGenerator<readonly string[], void>;

/** Where what is said is logged, and as whose words. */
interface Hearing {
  readonly log: Log;
  /** The other end. */
  readonly server: string;
}

/** A connection and what comes over it. */
export interface Wire {
  readonly socket: Socket;
  readonly hearing: Hearing;
  readonly input: Input;
  /** What it means when the other end closes it without an answer. */
  readonly unanswered: string;
}

/** A connection with its lines; reading throws at a line that has no end. */
export function wireOf(socket: Socket, hearing: Hearing, unanswered: string = UNANSWERED): Wire {
  return { socket, hearing, input: linesOf(socket, hearing), unanswered };
}

async function* linesOf(socket: Socket, { log, server }: Hearing): Input {
  const reader = createLineReader(LONGEST_LINE);
  // The socket stays open when reading ends: it may go on with TLS.
  for await (const bytes of socket.iterator({ destroyOnReturn: false })) {
    const lines = reader.read(bytes as Buffer);
    for (const line of lines) logLine(log, 'peer', line, server);
    yield lines;
    if (reader.tooLong()) throw new Error('a line without an end');
  }
}

/** Who greets whom, and how. */
export interface Greeting {
  /** This server's name. */
  readonly name: string;
  /** Undefined: plain text. */
  readonly tls: PeerTls | undefined;
  /** Whom the other one has to be, by its certificate. */
  readonly host: string;
}

/**
 * Says who we are, over TLS if that is wanted and possible; how to go on, and what the server said. Throws, in words for an
 * administrator, if the server refuses.
 */
export async function greet(
  { name, tls, host }: Greeting,
  plain: Wire,
): Promise<{ readonly wire: Wire; readonly welcome: string }> {
  const helo = `helo ${name}`;
  const { answer: welcome } = await ask(plain, helo, 200);
  if (tls === undefined) return { wire: plain, welcome };
  const { code, answer, rest } = await ask(plain, 'starttls', 220, 500);
  if (code === 500 && tls.required) throw new Error(`no TLS: ${answer.slice(0, MOST_QUOTED)}`);
  if (code === 500) return { wire: plain, welcome };
  if (rest.length > 0) throw new Error('plain text before the TLS handshake');
  await plain.input.return();
  const socket = await secureClient(plain.socket, tls.identity, host);
  const wire = wireOf(socket, plain.hearing, UNTRUSTED);
  return { wire, welcome: (await ask(wire, helo, 200)).answer };
}

/** What was answered to a command. */
export interface Answered {
  readonly code: number;
  readonly answer: string;
  /** The lines that came behind it. */
  readonly rest: readonly string[];
}

/** Puts a command; its answer. Throws if that has none of the codes, or none comes. */
export async function ask(wire: Wire, command: string, ...codes: readonly number[]): Promise<Answered> {
  const { socket, hearing, input, unanswered } = wire;
  socket.write(`${command}\r\n`);
  logSent(hearing.log, 'peer', command, hearing.server);
  for (;;) {
    const { value, done } = await input.next();
    if (done === true) throw new Error(unanswered);
    const [first, ...rest] = value;
    if (first === undefined) continue;
    const { code = 0, text = '' } = parseAnswer(`${first}\n`) ?? {};
    if (!codes.includes(code)) throw new Error(`refused: ${first.slice(0, MOST_QUOTED)}`);
    return { code, answer: text, rest };
  }
}
