// A few connections to a greyd server, and the judgement whether it is there at all. After a failure the server is left
// alone for a while; then a single question tries it, and only its answer, not a connection, says that it is back.
import { type BackOff, createBackOff } from '../lib/back-off.ts';
import type { Counters } from '../lib/counters.ts';
import type { Log } from '../lib/log.ts';
import { formatSocketAddress } from '../lib/socket-address.ts';
import { GreydConnection, type GreydConnectionParts, type Question } from './greyd-connection.ts';

export interface GreydPoolParts extends Pick<GreydConnectionParts, 'address' | 'connectTimeout' | 'answerTimeout'> {
  /** What to send when nothing is urgent. */
  readonly less: () => Question | undefined;
  readonly log: Log;
  readonly counters: Counters;
  readonly random?: (() => number) | undefined;
  /** Milliseconds of the first wait after a failure. */
  readonly firstWait?: number | undefined;
}

/**
 * Whether the server tells lines apart. ze-filter's takes what arrives in one block for one command, so there may be
 * only one question at a time on a connection; ours takes many. Found out when it first matters.
 */
type Framing = 'unknown' | 'asked' | 'lines' | 'blocks';

const MOST_CONNECTIONS = 4;
/** Questions at a time on a connection, if the server tells lines apart. */
const DEPTH = 50;
/** Questions that wait for their turn. */
const MOST_WAITING = 1000;
/** Milliseconds for which the server is left alone after a failure, at first and at most. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60_000;

export class GreydPool {
  readonly #parts: GreydPoolParts;
  readonly #connections = new Set<GreydConnection>();
  readonly #backOff: BackOff;
  #waiting: Question[] = [];
  #framing: Framing = 'unknown';
  /** Whether nothing was answered since the last failure. */
  #doubtful = false;
  /** Runs while the server is left alone. */
  #away: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: GreydPoolParts) {
    this.#parts = parts;
    const { random = Math.random, firstWait = FIRST_WAIT } = parts;
    this.#backOff = createBackOff({ first: firstWait, longest: LONGEST_WAIT, random });
  }

  /** Asks; false if the server is away or has too much to do, and the question will not be asked. */
  ask(question: Question): boolean {
    const left = this.#closed || this.#away !== undefined || (this.#doubtful && this.#busy());
    if (left || this.#waiting.length >= MOST_WAITING) return false;
    this.#waiting.push(question);
    this.send();
    return true;
  }

  /** Sends as much of what waits as there is room for. */
  send(): void {
    while (!this.#closed && this.#away === undefined) {
      const connection = this.#roomiest();
      if (connection === undefined && this.#connections.size >= this.#mostConnections()) break;
      const question = this.#waiting.shift() ?? this.#parts.less();
      if (question === undefined) return;
      (connection ?? this.#open()).ask(question);
    }
    // Found out now, since more is waiting than fits.
    if (this.#framing === 'unknown' && this.#waiting.length > 0 && !this.#doubtful) {
      this.#framing = 'asked';
      this.#waiting.unshift(this.#framingQuestion());
    }
  }

  /** Loses all questions. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#away);
    this.#loseWaiting();
    for (const connection of this.#connections) connection.close();
  }

  #busy(): boolean {
    return this.#waiting.length > 0 || [...this.#connections].some(({ inFlight }) => inFlight > 0);
  }

  #roomiest(): GreydConnection | undefined {
    const depth = this.#framing === 'lines' ? DEPTH : 1;
    let best: GreydConnection | undefined;
    for (const connection of this.#connections) {
      if (connection.hasRoom(depth) && !(best !== undefined && best.inFlight <= connection.inFlight)) best = connection;
    }
    return best;
  }

  #mostConnections(): number {
    return this.#doubtful ? 1 : MOST_CONNECTIONS;
  }

  #open(): GreydConnection {
    const { address, connectTimeout, answerTimeout, log } = this.#parts;
    const connection = new GreydConnection({
      address,
      connectTimeout,
      answerTimeout,
      log,
      onAnswer: () => this.#onAnswer(),
      onOver: (over, failure) => this.#onOver(over, failure),
    });
    this.#connections.add(connection);
    return connection;
  }

  #onAnswer(): void {
    if (this.#doubtful) {
      this.#doubtful = false;
      clearTimeout(this.#away);
      this.#away = undefined;
      this.#backOff.worked();
      this.#parts.log.event(0, 'greyd server is back', { address: formatSocketAddress(this.#parts.address) });
    }
    this.send();
  }

  #onOver(connection: GreydConnection, failure: string | undefined): void {
    this.#connections.delete(connection);
    if (failure !== undefined) this.#onFailure(failure);
    this.send();
  }

  #onFailure(cause: string): void {
    // Questions that were asked together fail together, and count once.
    if (this.#closed || this.#away !== undefined) return;
    const { log, counters, address } = this.#parts;
    const wait = this.#backOff.failed();
    this.#doubtful = true;
    // When it is back, it may be another server.
    this.#framing = 'unknown';
    this.#away = setTimeout(() => this.#tryAgain(), wait).unref();
    counters.add('greyd server failed');
    log.event(0, 'greyd server failed', {
      address: formatSocketAddress(address),
      cause,
      retry: Math.round(wait) / 1000,
    });
    this.#loseWaiting();
  }

  #tryAgain(): void {
    this.#away = undefined;
    this.send();
  }

  #loseWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const question of waiting) question.lost();
  }

  /** Two commands in one block: the server answers both, or takes them for one that it does not know. */
  #framingQuestion(): Question {
    let answered = 0;
    const end = (framing: Framing): true => {
      this.#framing = framing;
      return true;
    };
    return {
      text: 'HELP\r\nHELP\r\n',
      hear: (line) => {
        if (/unknown command/i.test(line)) return end('blocks');
        if (/^200 help done/i.test(line)) answered += 1;
        return answered === 2 && end('lines');
      },
      lost: () => {
        this.#framing = 'unknown';
      },
    };
  }
}
