// The sync protocol's server side: what the verbs say is turned into answers. `quit` ends the connection.
import type { Answer, LineProtocol, LineSession } from '../lib/line-protocol.ts';
import { splitWords } from '../lib/words.ts';
import { LOCAL_COMMANDS, type LocalParts } from './local-commands.ts';
import { SYNC_COMMANDS, type SyncCommandParts } from './sync-commands.ts';
import { GO_AHEAD, withoutDot } from './sync-protocol.ts';
import { type Body, isBody, refusal, type Reply, type Verb, type Verbs } from './sync-verb.ts';

export type SyncParts = SyncCommandParts & LocalParts;

/** The protocol of the local socket, on which everything is allowed. */
export function syncProtocol(parts: SyncParts): LineProtocol {
  const verbs: Verbs<SyncParts> = new Map<string, Verb<SyncParts>>([...SYNC_COMMANDS, ...LOCAL_COMMANDS]);
  return { name: 'sync', tooLong: '500 line too long\r\n', open: () => new SyncSession(verbs, parts) };
}

class SyncSession<Parts> implements LineSession {
  readonly #verbs: Verbs<Parts>;
  readonly #parts: Parts;
  /** While lines follow a command. */
  #body: Body | undefined;

  constructor(verbs: Verbs<Parts>, parts: Parts) {
    this.#verbs = verbs;
    this.#parts = parts;
  }

  line(line: string): Answer | undefined {
    return this.#body === undefined ? this.#command(line) : this.#bodyLine(this.#body, line);
  }

  #command(line: string): Answer | undefined {
    const [name, ...words] = splitWords(line);
    if (name === undefined) return undefined;
    if (name === 'quit') return { text: '250 closing connection\r\n', close: true };
    const verb = this.#verbs.get(name);
    if (verb === undefined) return open(refusal('unknown command'));
    const reply = attempt(() => verb(this.#parts, words));
    if (!isBody(reply)) return open(orRefusal(reply));
    this.#body = reply;
    return open(GO_AHEAD);
  }

  #bodyLine(body: Body, line: string): Answer | undefined {
    if (line === '.') {
      this.#body = undefined;
      return open(orRefusal(body.end()));
    }
    const taken = body.take(withoutDot(line));
    return taken && open(taken.then(() => ''));
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

function orRefusal(reply: Exclude<Reply, Body>): Answer['text'] {
  if (typeof reply === 'string') return reply;
  return reply instanceof Promise ? reply.catch(refusal) : piecesOrRefusal(reply);
}

/** Once a document has begun, only the end of the connection can tell that it is not whole. */
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
