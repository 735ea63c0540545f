// One connection of a line server. Lines are started as they come and answered in their order, however long each takes;
// answers that are ready in the same turn of the event loop leave in one write.
import type { Socket } from 'node:net';
import type { Answer, LineLimits, LineProtocol, LineSession, Peer } from './line-protocol.ts';
import { createLineReader, type LineReader } from './line-reader.ts';
import type { Log } from './log.ts';
import type { TlsIdentity } from './mutual-tls.ts';

/** What all connections of a server share. */
export interface ConnectionParts {
  readonly protocol: LineProtocol;
  readonly limits: LineLimits;
  readonly log: Log;
  /** A client is cut off after so many sweeps without a sign of life. */
  readonly idleSweeps: number;
  readonly onTrouble: (what: string, cause: string) => void;
  /** The connection is to go on over TLS; it is no longer ours. */
  readonly onSecure: (connection: LineConnection, socket: Socket, peer: Peer, identity: TlsIdentity) => void;
  readonly onClose: (connection: LineConnection) => void;
}

/** An answer in its place; without text until it is ready. */
interface Place {
  text: string | undefined;
  /** What comes piece by piece, from when its turn has come. */
  pieces?: AsyncIterable<string> | undefined;
}

/** Sweeps that a client has to close its side after the last answer. */
const LINGER_SWEEPS = 2;
/** Characters of what is sent that level 3 logs: whole listings say no more. */
const MOST_LOGGED = 1000;

export class LineConnection {
  readonly #socket: Socket;
  readonly #peer: Peer;
  readonly #parts: ConnectionParts;
  readonly #session: LineSession;
  readonly #reader: LineReader;
  /** Lines that were read and not yet started: only when there are too many unanswered ones. */
  #lines: readonly string[] = [];
  #nextLine = 0;
  #answers: Place[] = [];
  /** Whether ready answers are about to be written. */
  #flushing = false;
  /** Nothing more will be started: the client ended its input, or asked for the end, or we are closing. */
  #last = false;
  #inputEnded = false;
  #finishing = false;
  /** What it goes on with after the last answer. */
  #secure: TlsIdentity | undefined;
  #released = false;
  #sweeps = 0;
  /** The client has to read before more is written. */
  #full = false;
  /** Lets pieces go on when the client has read, or is gone. */
  #onDrained: (() => void) | undefined;

  constructor(socket: Socket, peer: Peer, parts: ConnectionParts) {
    this.#socket = socket;
    this.#peer = peer;
    this.#parts = parts;
    this.#session = parts.protocol.open(peer);
    this.#reader = createLineReader(parts.limits.line);
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('end', () => this.#end());
    socket.on('close', () => {
      this.#onDrained?.();
      this.#session.end?.();
      parts.onClose(this);
    });
    // A client that is gone is the client's affair; 'close' follows.
    socket.on('error', (error) =>
      parts.log.event(1, 'connection lost', { via: parts.protocol.name, cause: error.message }),
    );
    if (this.#session.greeting !== undefined) this.#answer(this.#session.greeting);
  }

  /** Answers what was started, starts nothing more, and closes. */
  finish(): void {
    this.#last = true;
    this.#finishing = true;
    this.#session.end?.();
    if (this.#socket.writableEnded || this.#released) this.#socket.destroySoon();
    else this.#flushSoon();
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

  #read(bytes: Buffer): void {
    // Read and dropped: closing a socket with bytes unread would reset it, and the client could lose our last answer.
    if (this.#last) return;
    this.#sweeps = 0;
    this.#take(this.#reader.read(bytes));
  }

  #end(): void {
    this.#inputEnded = true;
    const line = this.#last ? undefined : this.#reader.end();
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
    if (this.#last) this.#flushSoon();
  }

  #hasRoom(): boolean {
    return this.#answers.length < this.#parts.limits.pipelined && !this.#full;
  }

  #allStarted(): void {
    if (this.#reader.tooLong()) {
      this.#parts.onTrouble('line too long', `more than ${this.#parts.limits.line} characters`);
      this.#answers.push({ text: this.#parts.protocol.tooLong });
      this.#last = true;
    } else if (this.#inputEnded) {
      this.#last = true;
      this.#session.end?.();
    }
  }

  #start(line: string): void {
    const { log, protocol } = this.#parts;
    if (log.on(3)) log.event(3, 'line', { via: protocol.name, line });
    this.#flushLater();
    let answer: ReturnType<LineSession['line']>;
    try {
      answer = this.#session.line(line);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (answer !== undefined) this.#answer(answer);
  }

  #answer({ text, close, secure }: Answer): void {
    if (close || secure !== undefined) this.#last = true;
    this.#secure = secure;
    const place: Place = { text: undefined };
    this.#answers.push(place);
    if (typeof text === 'string') this.#answered(place, text);
    else if (text instanceof Promise)
      text.then(
        (ready) => this.#answered(place, ready),
        (error: unknown) => this.#fail(error),
      );
    else {
      place.pieces = text;
      if (this.#answers[0] === place) this.#flushSoon();
    }
  }

  /** An error that no protocol should let through costs this connection, not the daemon. */
  #fail(error: unknown): void {
    this.#parts.log.event(0, 'connection failed', { via: this.#parts.protocol.name, cause: String(error) });
    this.#last = true;
    this.#socket.destroy();
  }

  #answered(place: Place, text: string): void {
    place.text = text;
    if (this.#answers[0] === place) this.#flushSoon();
  }

  /**
   * At the end of the turn in which lines were read: answers that are ready by then leave together, and those of
   * different connections one right after the other, so that a mail server's processes are woken up once and not for each.
   */
  #flushLater(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(flush, this);
  }

  /** Once all promises that settle now have. A store settles all that it has committed at once. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    process.nextTick(flush, this);
  }

  /** Writes the answers that are ready, up to the first that is not. */
  flush(): void {
    this.#flushing = false;
    if (this.#socket.destroyed || this.#socket.writableEnded || this.#released) return;
    let text = '';
    let ready = 0;
    for (const place of this.#answers) {
      if (place.text === undefined) break;
      text += place.text;
      ready += 1;
    }
    if (ready > 0) {
      this.#answers.splice(0, ready);
      this.#sweeps = 0;
      if (text !== '') this.#write(text);
    }
    const first = this.#answers[0];
    if (first?.pieces !== undefined)
      this.#writePieces(first, first.pieces).catch((error: unknown) => this.#fail(error));
    if (!this.#last) this.#proceed();
    else if (this.#answers.length === 0) this.#endOutput();
  }

  /** Whether the client may be sent more. */
  #write(text: string): boolean {
    const { log, protocol } = this.#parts;
    if (log.on(3)) log.event(3, 'sent', { via: protocol.name, text: text.slice(0, MOST_LOGGED).trimEnd() });
    const isRead = this.#socket.write(text);
    if (!isRead && !this.#full) this.#socket.once('drain', () => this.#drained());
    this.#full = !isRead;
    return isRead;
  }

  /** What is read from now on belongs to TLS; it fails on plain text that was waiting. */
  #release(identity: TlsIdentity): void {
    this.#released = true;
    for (const event of ['data', 'end']) this.#socket.removeAllListeners(event);
    this.#parts.onSecure(this, this.#socket, this.#peer, identity);
  }

  /** Asks for a piece only when the client has read the one before. */
  async #writePieces(place: Place, pieces: AsyncIterable<string>): Promise<void> {
    place.pieces = undefined;
    if (this.#full) await this.#clientReads();
    for await (const piece of pieces) {
      if (!this.#socket.destroyed && !this.#write(piece)) await this.#clientReads();
      if (this.#socket.destroyed) return;
    }
    this.#answered(place, '');
  }

  #clientReads(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onDrained = resolve;
    return promise;
  }

  #drained(): void {
    this.#full = false;
    this.#sweeps = 0;
    this.#onDrained?.();
    this.#proceed();
  }

  #endOutput(): void {
    if (this.#secure !== undefined && !this.#finishing && !this.#inputEnded) this.#release(this.#secure);
    else if (this.#finishing) this.#socket.destroySoon();
    else this.#socket.end();
  }

  #cutOff(cause: string): void {
    this.#parts.onTrouble('client cut off', cause);
    this.#socket.destroy();
  }
}

/** Not a method, so that no closure is made for each request. */
function flush(connection: LineConnection): void {
  connection.flush();
}
