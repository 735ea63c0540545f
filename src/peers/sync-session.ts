// A session of the sync protocol: commands are given to verbs, and what the verbs say is turned into answers. `quit` ends the
// connection, `starttls` begins it anew over TLS.
import { type Command, splitCommand } from '../lib/command-words.ts';
import type { Answer, LineSession } from '../lib/line-protocol.ts';
import type { TlsIdentity } from '../lib/mutual-tls.ts';
import { splitWords } from '../lib/words.ts';
import type { Caller } from './caller.ts';
import { GO_AHEAD, withoutDot } from './sync-protocol.ts';
import { type Body, isBody, isStream, refusal, type Reply, type Stream, type Verbs } from './sync-verb.ts';

export interface SessionOptions {
  /** For `starttls`, where that is possible. */
  readonly identity?: TlsIdentity | undefined;
  /** Characters of a record, where there are verbs that take some. */
  readonly longest?: number;
  /** The verbs that the original daemon does not have: they take any words, also empty ones. */
  readonly ownVerbs?: ReadonlyMap<string, unknown>;
}

/** One session: commands, and what follows them. */
export class SyncSession<Parts extends { readonly caller: Caller }> implements LineSession {
  readonly #verbs: Verbs<Parts>;
  readonly #parts: Parts;
  /** What takes the lines that follow a command. */
  #body: Body | undefined;
  /** The subscription that goes on. */
  #stream: Stream | undefined;
  /** All that still have something to say: that one, and those that the client has ended. */
  readonly #streams = new Set<Stream>();
  readonly #identity: TlsIdentity | undefined;
  readonly #ownVerbs: ReadonlyMap<string, unknown>;
  readonly longest: number | undefined;

  constructor(verbs: Verbs<Parts>, parts: Parts, { identity, longest, ownVerbs = new Map() }: SessionOptions) {
    this.#verbs = verbs;
    this.#parts = parts;
    this.#identity = identity;
    this.#ownVerbs = ownVerbs;
    this.longest = longest;
  }

  get expectsLong(): boolean {
    return this.#body?.records === true;
  }

  line(line: string): Answer | undefined {
    if (this.#stream !== undefined) return this.#streamLine(this.#stream, line);
    return this.#body === undefined ? this.#command(line) : this.#bodyLine(this.#body, line);
  }

  get denied(): string | undefined {
    return this.#parts.caller.denied();
  }

  lastLine(): void {
    this.#stream?.finish();
  }

  end(cause?: string): void {
    for (const stream of this.#streams) stream.end(cause);
  }

  #command(line: string): Answer | undefined {
    const { words: command, problem } = this.#wordsOf(line);
    if (problem !== undefined) return open(refusal(problem));
    const [name, ...words] = command;
    if (name === undefined) return undefined;
    if (name === 'quit') return { text: '250 closing connection\r\n', close: true };
    if (name === 'starttls' && this.#identity !== undefined)
      return { text: '220 ready for TLS\r\n', close: false, secure: this.#identity };
    if (this.denied !== undefined) return open(refusal('permission denied'));
    const verb = this.#verbs.get(name);
    if (verb === undefined) return open(refusal('unknown command'));
    const reply = attempt(() => verb(this.#parts, words));
    if (isStream(reply)) {
      this.#stream = reply;
      this.#streams.add(reply);
      return open(piecesOrRefusal(this.#piecesOf(reply)));
    }
    if (!isBody(reply)) return open(orRefusal(reply));
    this.#body = reply;
    // A client that sends all at once is woken up once.
    return { ...open(GO_AHEAD), withNext: true };
  }

  async *#piecesOf(stream: Stream): AsyncGenerator<string> {
    try {
      yield* stream.pieces;
    } finally {
      this.#streams.delete(stream);
      // One that could not begin: what the client says next is a command.
      if (this.#stream === stream) this.#stream = undefined;
    }
  }

  /** Words of the original's verbs are read as the original reads them. */
  #wordsOf(line: string): Pick<Command, 'words' | 'problem'> {
    const words = splitWords(line);
    return this.#ownVerbs.has(words[0] ?? '') ? { words } : splitCommand(line);
  }

  #bodyLine(body: Body, line: string): Answer | undefined {
    if (line === '.') {
      this.#body = undefined;
      return open(orRefusal(body.end()));
    }
    const taken = body.take(withoutDot(line));
    return taken && open(taken.then(() => ''));
  }

  #streamLine(stream: Stream, line: string): Answer | undefined {
    if (!stream.line(line)) return undefined;
    this.#stream = undefined;
    stream.finish();
    return open(stream.farewell);
  }
}

function open(text: Answer['text']): Answer {
  return { text, close: false };
}

function attempt(verb: () => Reply): Reply {
  try {
    return verb();
  } catch (error) {
    return refusal(error);
  }
}

function orRefusal(reply: Exclude<Reply, Body | Stream>): Answer['text'] {
  if (typeof reply === 'string') return reply;
  return reply instanceof Promise ? reply.catch(refusal) : piecesOrRefusal(reply);
}

/** The pieces, or a refusal. Once a document has begun, only the end of the connection can tell that it is not whole. */
async function* piecesOrRefusal(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let begun = false;
  try {
    for await (const piece of pieces) {
      begun = true;
      yield piece;
    }
  } catch (error) {
    if (begun) throw error;
    yield refusal(error);
  }
}
