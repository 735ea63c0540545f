// One connection of a line server. Lines are started as they come, as many at a time as the limits allow, and answered in
// their order (answer-queue.ts).
import type { Socket } from 'node:net';
import { AnswerQueue } from './answer-queue.ts';
import {
  type Answer,
  addressOf,
  type LineLimits,
  type LineProtocol,
  type LineSession,
  type Peer,
} from './line-protocol.ts';
import { createLineReader, type LineReader } from './line-reader.ts';
import type { Log } from './log.ts';
import { logLine, logSent } from './log-connection.ts';
import type { TlsIdentity } from './mutual-tls.ts';

/** What all connections of a server share. */
export interface ConnectionParts {
  readonly protocol: LineProtocol;
  readonly limits: LineLimits;
  readonly log: Log;
  /** A client is cut off after this many sweeps without a sign of life. */
  readonly idleSweeps: number;
  readonly onTrouble: (what: string, cause: string, client?: string) => void;
  /** The connection is to go on over TLS; it is no longer ours. */
  readonly onSecure: (connection: LineConnection, socket: Socket, peer: Peer, identity: TlsIdentity) => void;
  readonly onClose: (connection: LineConnection) => void;
}

/** Sweeps that a client has to close its side after the last answer. */
const LINGER_SWEEPS = 2;

export class LineConnection {
  readonly #socket: Socket;
  readonly #peer: Peer;
  readonly #parts: ConnectionParts;
  readonly #session: LineSession;
  #reader: LineReader;
  /** Lines that were read and not yet started: only when there are too many unanswered ones. */
  #lines: readonly string[] = [];
  #nextLine = 0;
  readonly #answers: AnswerQueue;
  /** Nothing more will be started: the client ended its input, or asked for the end, or we are closing. */
  #last = false;
  #inputEnded = false;
  #finishing = false;
  /** Why the connection did not end as it should. */
  #cause: string | undefined;
  /** With this identity the connection goes on over TLS after the last answer. */
  #secure: TlsIdentity | undefined;
  /** Sweeps since the last sign of life. */
  #sweeps = 0;
  /** Bytes that came since the last sign of life. */
  #heard = 0;

  constructor(socket: Socket, peer: Peer, parts: ConnectionParts) {
    this.#socket = socket;
    this.#peer = peer;
    this.#parts = parts;
    this.#session = parts.protocol.open(peer);
    this.#reader = createLineReader(parts.limits.line);
    this.#answers = new AnswerQueue(socket, {
      onWrite: (text) => this.#logSent(text),
      onFlushed: () => this.#flushed(),
      onDrained: () => {
        this.#sweeps = 0;
        this.#proceed();
      },
      onFailure: (error) => this.#fail(error),
    });
    socket.on('close', () => {
      this.#session.end?.(this.#cause);
      parts.onClose(this);
    });
    // A client that is gone is the client's affair; 'close' follows.
    socket.on('error', ({ message }) => {
      this.#cause = message;
      parts.log.event(1, 'connection lost', { via: parts.protocol.name, cause: message });
    });
    const { ready } = this.#session;
    if (ready === undefined) this.#begin();
    else
      ready.then(
        () => this.#begin(),
        (error: unknown) => this.#fail(error),
      );
  }

  /** Answers what was started, starts nothing more, and closes. */
  finish(): void {
    this.#last = true;
    this.#finishing = true;
    this.#session.end?.();
    if (this.#socket.writableEnded || this.#answers.released) this.#socket.destroySoon();
    else this.#answers.flushSoon();
  }

  /** Closes at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Called at regular intervals; cuts off a client that shows no sign of life for too long. */
  sweep(): void {
    this.#sweeps += 1;
    const { writableEnded, writableLength } = this.#socket;
    if (writableEnded && writableLength === 0) {
      if (this.#sweeps > LINGER_SWEEPS) this.#socket.destroy();
      return;
    }
    const waitsForUs = this.#answers.length > 0 && writableLength === 0;
    if (waitsForUs) this.#sweeps = 0;
    else if (this.#sweeps > this.#parts.idleSweeps) {
      this.#cutOff(writableLength > 0 ? 'does not read' : 'idle');
    }
  }

  /** Greets, and reads; what the client has sent before waits in the socket. */
  #begin(): void {
    if (this.#last || this.#socket.destroyed) return;
    const { greeting, denied, longest } = this.#session;
    if (longest !== undefined) this.#reader = createLineReader(longest);
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes));
    this.#socket.on('end', () => this.#end());
    if (greeting !== undefined) this.#answer(greeting);
    if (denied !== undefined) this.#answers.flushSoon();
  }

  #read(bytes: Buffer): void {
    // Read and dropped: closing a socket with bytes unread would reset it, and the client could lose our last answer.
    if (this.#last) return;
    const lines = this.#reader.read(bytes);
    this.#hear(lines.length, bytes.length);
    this.#take(lines);
  }

  /** A byte now and then is no sign of life: a whole line is, or as many bytes of a long one as a usual line may have. */
  #hear(lines: number, bytes: number): void {
    this.#heard += bytes;
    if (lines === 0 && this.#heard < this.#parts.limits.line) return;
    this.#heard = 0;
    this.#sweeps = 0;
  }

  #end(): void {
    this.#inputEnded = true;
    const line = this.#reader.end();
    this.#take(line === undefined ? [] : [line]);
  }

  #take(lines: readonly string[]): void {
    this.#lines = this.#nextLine < this.#lines.length ? [...this.#lines.slice(this.#nextLine), ...lines] : lines;
    this.#nextLine = 0;
    this.#proceed();
  }

  /** Starts waiting lines as far as the limits allow, and reads on if none is left. */
  #proceed(): void {
    while (!this.#last && this.#nextLine < this.#lines.length && this.#hasRoom()) {
      const line = this.#lines[this.#nextLine] ?? '';
      this.#nextLine += 1;
      this.#start(line);
    }
    if (!this.#last && this.#nextLine >= this.#lines.length) this.#allStarted();
    const stop = !this.#last && !this.#hasRoom();
    if (stop !== this.#socket.isPaused()) {
      if (stop) this.#socket.pause();
      else this.#socket.resume();
    }
    if (this.#last) this.#answers.flushSoon();
  }

  #hasRoom(): boolean {
    return this.#answers.length < this.#parts.limits.pipelined && !this.#answers.full;
  }

  get #longest(): number {
    return this.#session.longest ?? this.#parts.limits.line;
  }

  #tooLong(longest: number): void {
    this.#parts.onTrouble('line too long', `more than ${longest} characters`);
    this.#answers.push({ text: this.#parts.protocol.tooLong });
    this.#last = true;
  }

  #allStarted(): void {
    if (this.#reader.tooLong()) this.#tooLong(this.#longest);
    else if (this.#inputEnded) {
      this.#last = true;
      this.#session.lastLine?.();
    }
  }

  #start(line: string): void {
    const { log, protocol, limits } = this.#parts;
    logLine(log, protocol.name, line);
    this.#answers.flushLater();
    if (line.length > limits.line && this.#session.expectsLong !== true) {
      this.#tooLong(limits.line);
      return;
    }
    let answer: ReturnType<LineSession['line']>;
    try {
      answer = this.#session.line(line);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (answer !== undefined) this.#answer(answer);
  }

  #answer(answer: Answer): void {
    const { close, secure, trouble } = answer;
    if (trouble !== undefined) this.#parts.onTrouble(trouble.what, trouble.cause);
    if (close || secure !== undefined) this.#last = true;
    this.#secure = secure;
    this.#answers.push(answer);
  }

  /** An error that no protocol should let through costs this connection, not the daemon. */
  #fail(error: unknown): void {
    this.#parts.log.event(0, 'connection failed', { via: this.#parts.protocol.name, cause: String(error) });
    this.#last = true;
    this.#socket.destroy();
  }

  #flushed(): void {
    this.#sendAwayDenied();
    if (!this.#last) this.#proceed();
    else if (this.#answers.length === 0) this.#endOutput();
  }

  #sendAwayDenied(): void {
    const { denied } = this.#session;
    if (denied === undefined || this.#last) return;
    this.#last = true;
    this.#parts.onTrouble('access denied', denied, addressOf(this.#peer));
  }

  #logSent(text: string): void {
    logSent(this.#parts.log, this.#parts.protocol.name, text);
  }

  /** What is read from now on belongs to TLS; it fails on plain text that was waiting. */
  #release(identity: TlsIdentity): void {
    this.#answers.release();
    for (const event of ['data', 'end']) this.#socket.removeAllListeners(event);
    this.#parts.onSecure(this, this.#socket, this.#peer, identity);
  }

  #endOutput(): void {
    if (this.#secure !== undefined && !this.#finishing && !this.#inputEnded) this.#release(this.#secure);
    else if (this.#finishing) this.#socket.destroySoon();
    else this.#socket.end();
  }

  #cutOff(cause: string): void {
    this.#cause = cause;
    this.#parts.onTrouble('client cut off', cause);
    this.#socket.destroy();
  }
}
