// The answers of one connection, in the order of the questions, however long each takes. Those that are ready in the same
// turn of the event loop leave in one write; what comes piece by piece is asked for as fast as the client reads.
import type { Socket } from 'node:net';
import type { Answer } from './line-protocol.ts';

/** Whose answers they are. */
export interface AnswerOwner {
  /** Told of each text that is about to be written. */
  readonly onWrite: (text: string) => void;
  /** All that was ready is written. */
  readonly onFlushed: () => void;
  /** The client had to read before more was written, and has. */
  readonly onDrained: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** The place of an answer in the queue; without text until it is ready. */
interface Place {
  text: string | undefined;
  readonly withNext: Answer['withNext'];
  /** What comes piece by piece: read, and taken from here, when its turn has come. */
  pieces?: AsyncIterable<string> | undefined;
}

export class AnswerQueue {
  readonly #socket: Socket;
  readonly #owner: AnswerOwner;
  readonly #places: Place[] = [];
  /** Whether ready answers are about to be written. */
  #flushing = false;
  #released = false;
  /** The client has to read before more is written. */
  #full = false;
  /** Lets pieces go on that wait until the client has read, or is gone. */
  #onDrained: (() => void) | undefined;

  constructor(socket: Socket, owner: AnswerOwner) {
    this.#socket = socket;
    this.#owner = owner;
    socket.on('close', () => this.#onDrained?.());
  }

  /** How many answers are not written yet. */
  get length(): number {
    return this.#places.length;
  }

  /** Whether the client has to read before it is answered again. */
  get full(): boolean {
    return this.#full;
  }

  /** Whether the connection was given away: nothing more is written. */
  get released(): boolean {
    return this.#released;
  }

  /** The next answer. What comes piece by piece begins with the next flush. */
  push({ text, withNext }: Pick<Answer, 'text' | 'withNext'>): void {
    const place: Place = { text: undefined, withNext };
    this.#places.push(place);
    if (typeof text === 'string') this.#ready(place, text);
    else if (text instanceof Promise)
      text.then(
        (ready) => this.#ready(place, ready),
        (error: unknown) => this.#owner.onFailure(error),
      );
    else place.pieces = text;
  }

  /** Gives the connection away. */
  release(): void {
    this.#released = true;
  }

  /**
   * At the end of the turn in which lines were read: answers that are ready by then leave together, and those of
   * different connections one right after the other, so that a mail server's processes are woken up once and not for each.
   */
  flushLater(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(flush, this);
  }

  /** After the promises that settle in this moment: a store settles all that it has committed at once. */
  flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    process.nextTick(flush, this);
  }

  /** Writes the answers that are ready, up to the first that is not; one that may leave with the next one waits for that. */
  flush(): void {
    this.#flushing = false;
    if (this.#socket.destroyed || this.#socket.writableEnded || this.#released) return;
    const ready = this.#countReady();
    if (ready > 0) {
      let text = '';
      for (const place of this.#places.splice(0, ready)) text += place.text;
      if (text !== '') this.#write(text);
    }
    const first = this.#places[0];
    if (first?.pieces !== undefined)
      this.#writePieces(first, first.pieces).catch((error: unknown) => this.#owner.onFailure(error));
    this.#owner.onFlushed();
  }

  #countReady(): number {
    let ready = 0;
    while (this.#places[ready]?.text !== undefined) ready += 1;
    const next = this.#places[ready];
    const waits = next !== undefined && next.pieces === undefined && this.#places[ready - 1]?.withNext === true;
    return waits ? ready - 1 : ready;
  }

  #ready(place: Place, text: string): void {
    place.text = text;
    const first = this.#places[0];
    if (first === place || first?.withNext === true) this.flushSoon();
  }

  /** Whether the client may be sent more. */
  #write(text: string): boolean {
    this.#owner.onWrite(text);
    const isRead = this.#socket.write(text);
    if (!isRead && !this.#full) this.#socket.once('drain', () => this.#drained());
    this.#full = !isRead;
    return isRead;
  }

  /** Asks for a piece only when the client has read the one before. */
  async #writePieces(place: Place, pieces: AsyncIterable<string>): Promise<void> {
    place.pieces = undefined;
    if (this.#full) await this.#clientReads();
    for await (const piece of pieces) {
      if (!this.#socket.destroyed && !this.#write(piece)) await this.#clientReads();
      if (this.#socket.destroyed) return;
    }
    this.#ready(place, '');
  }

  #clientReads(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onDrained = resolve;
    return promise;
  }

  #drained(): void {
    this.#full = false;
    this.#onDrained?.();
    this.#owner.onDrained();
  }
}

/** Not a method, so that no closure is made for each request. */
function flush(answers: AnswerQueue): void {
  answers.flush();
}
