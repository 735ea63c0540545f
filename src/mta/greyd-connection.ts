// One connection of a client to a greyd server: questions go out as they come, answers belong to them in their order.
import { connect, type Socket } from 'node:net';
import { createLineReader, type LineReader } from '../lib/line-reader.ts';
import type { Log } from '../lib/log.ts';
import { logLine, logSent } from '../lib/log-connection.ts';
import { formatSocketAddress, type SocketAddress } from '../lib/socket-address.ts';

/** What is asked, and who hears the answer. */
export interface Question {
  /** The bytes, line end included. */
  readonly text: string;
  /** Takes a line that the server sent; whether the answer is complete with it. */
  readonly hear: (line: string) => boolean;
  /** There will be no answer. Called once, and then no more of `hear`. */
  readonly lost: () => void;
}

export interface GreydConnectionParts {
  readonly address: SocketAddress;
  /** Milliseconds to be connected, and to answer a question. */
  readonly connectTimeout: number;
  readonly answerTimeout: number;
  /** Told each line at level 3. */
  readonly log: Log;
  /** A question was answered. */
  readonly onAnswer: () => void;
  /** The connection is over; `failure` says why, unless nothing was wrong. The questions in hand are lost. */
  readonly onOver: (connection: GreydConnection, failure: string | undefined) => void;
}

/** Questions on one connection: ze-filter's server silently closes one that brings 1000 of them too quickly. */
const MOST_QUESTIONS = 900;
/** Milliseconds of silence after which we close: less than any server waits, which could else close just when we ask. */
const IDLE = 45_000;
/** Characters of a line of the server. */
const LONGEST_LINE = 4096;
/** What a server says in place of its banner when it does not want us. */
const REFUSAL = /^(?:421 |500 access denied)/i;

export class GreydConnection {
  readonly #parts: GreydConnectionParts;
  /** The address, for the log. */
  readonly #server: string;
  readonly #socket: Socket;
  readonly #reader: LineReader = createLineReader(LONGEST_LINE);
  #questions: Question[] = [];
  #asked = 0;
  #connected = false;
  #failure: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: GreydConnectionParts) {
    this.#parts = parts;
    this.#server = formatSocketAddress(parts.address);
    this.#socket = connect(parts.address);
    this.#socket.setNoDelay(true);
    this.#expect('not connected in time', parts.connectTimeout);
    this.#socket.on('connect', () => this.#onConnect());
    this.#socket.on('data', (bytes: Buffer) => this.#read(bytes));
    this.#socket.on('end', () => this.#readEnd());
    this.#socket.on('error', (error) => this.fail(error.message));
    this.#socket.on('close', () => this.#onClose());
    // It passes more than once: also while a connection is made slowly.
    this.#socket.setTimeout(IDLE).on('timeout', () => {
      if (this.#questions.length === 0) this.close();
    });
  }

  /** Questions that have no answer yet. */
  get inFlight(): number {
    return this.#questions.length;
  }

  /** Whether the connection takes one more question, with at most `depth` at a time. */
  hasRoom(depth: number): boolean {
    return this.#questions.length < depth && this.#asked < MOST_QUESTIONS && this.#socket.writable;
  }

  ask(question: Question): void {
    this.#asked += 1;
    this.#questions.push(question);
    this.#socket.write(question.text);
    logSent(this.#parts.log, 'greyd', question.text, this.#server);
    if (this.#connected && this.#questions.length === 1) this.#expectAnswer();
  }

  /** Closes at once; nothing is wrong. */
  close(): void {
    this.#socket.destroy();
  }

  /** Closes at once, for this reason. */
  fail(failure: string): void {
    this.#failure ??= failure;
    this.#socket.destroy();
  }

  #onConnect(): void {
    this.#connected = true;
    this.#expectAnswer();
  }

  #read(bytes: Buffer): void {
    for (const line of this.#reader.read(bytes)) {
      if (this.#socket.destroyed) return;
      this.#hear(line);
    }
    if (this.#reader.tooLong()) this.fail('a line without an end');
  }

  /** A server may leave out the line end of the last thing that it says. */
  #readEnd(): void {
    const line = this.#reader.end();
    if (line !== undefined) this.#hear(line);
  }

  /** Lines that nobody waits for, such as the banner, are none of our business. */
  #hear(line: string): void {
    logLine(this.#parts.log, 'greyd', line, this.#server);
    if (REFUSAL.test(line)) {
      this.fail(`refused: ${line}`);
      return;
    }
    if (this.#questions[0]?.hear(line) !== true) return;
    this.#questions.shift();
    this.#expectAnswer();
    if (this.#asked >= MOST_QUESTIONS && this.#questions.length === 0) this.close();
    this.#parts.onAnswer();
  }

  #expectAnswer(): void {
    if (this.#questions.length > 0) this.#expect('no answer in time', this.#parts.answerTimeout);
    else clearTimeout(this.#timer);
  }

  #expect(otherwise: string, milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.fail(otherwise), milliseconds);
  }

  #onClose(): void {
    clearTimeout(this.#timer);
    const questions = this.#questions;
    this.#questions = [];
    const failure = this.#failure ?? (questions.length > 0 ? 'closed without an answer' : undefined);
    for (const question of questions) question.lost();
    this.#parts.onOver(this, failure);
  }
}
