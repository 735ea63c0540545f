// What a verb of the sync protocol is: it is given the words behind it, and says what to answer.
import { causeOf } from '../lib/error-cause.ts';
import { END, FOLLOWING, formatLines } from './sync-protocol.ts';

/** What takes the lines that follow a command, up to a single dot. */
export interface Body {
  /** Takes a line; a promise when the client had better wait before it sends much more. */
  take(line: string): Promise<void> | undefined;
  /** The answer to all of them. */
  end(): Promise<string>;
  /** Whether its lines are records of tables, which may be longer than other lines. */
  readonly records?: true;
}

/** An answer that goes on until the client ends it; meanwhile the client's lines are for the stream. */
export interface Stream {
  readonly pieces: AsyncIterable<string>;
  /** Takes a line of the client; whether it asks for the end. */
  line(line: string): boolean;
  /** Lets the pieces end with what there is to say by now. */
  finish(): void;
  /** Lets them end now, or with the next one. `cause`: what went wrong, if anything did. */
  end(cause?: string): void;
  /** What is said after the last piece. */
  readonly farewell: string;
}

/**
 * Pieces of an answer are asked for as fast as the client reads them. A Body is answered with GO_AHEAD before its lines
 * come.
 */
export type Reply = string | Promise<string> | AsyncIterable<string> | Body | Stream;

/** Throws, or rejects, with an error whose message is for the client. */
export type Verb<Parts> = (parts: Parts, words: readonly string[]) => Reply;

export type Verbs<Parts> = ReadonlyMap<string, Verb<Parts>>;

/** Lines that are made without a pause: about a millisecond of work. */
const SLICE = 500;

/**
 * A list as a document, an item in JSON a line, made as it is read. It is asked for when its turn has come: who is gone by then
 * would not hear of its failure, and what nobody hears of ends the daemon.
 */
export function listDocument(list: () => Promise<readonly unknown[]>): AsyncGenerator<string> {
  return piecesDocument(slices(list));
}

/** The same for a long list, which comes in small pieces. */
export async function* piecesDocument(pieces: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  // With the first piece, so that a list that fails before is still refused.
  let head = FOLLOWING;
  for await (const piece of pieces) {
    yield head + formatLines(piece.map((item) => JSON.stringify(item)));
    head = '';
  }
  yield head + END;
}

async function* slices(list: () => Promise<readonly unknown[]>): AsyncGenerator<readonly unknown[]> {
  const items = await list();
  for (let start = 0; start < items.length; start += SLICE) yield items.slice(start, start + SLICE);
}

/** Pieces of whole lines as a document. */
export async function* linesDocument(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  yield FOLLOWING;
  for await (const piece of pieces) yield piece.replaceAll(/^\./gm, '..');
  yield END;
}

/** What the connection is told when something went wrong: one line. */
export function refusal(error: unknown): string {
  const cause = causeOf(error);
  return `500 ${cause.replaceAll(/[\r\n]+/g, ' ')}\r\n`;
}

/** Whether the reply goes on until the client ends it. */
export function isStream(reply: Reply): reply is Stream {
  return typeof reply === 'object' && 'pieces' in reply;
}

/** Whether the reply asks for lines. */
export function isBody(reply: Reply): reply is Body {
  return typeof reply === 'object' && 'take' in reply;
}
