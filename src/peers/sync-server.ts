// The sync protocol's server side. On the local socket it has further verbs, for the command line:
//   verdict IP FROM TO   a check like an MTA's; a document with the verdict in JSON
//   tuples [TEXT]        a document with one tuple in JSON a line
//   stats                a document with the statistics in JSON
import type { AnswerCheck } from '../engine/answer-check.ts';
import type { Overview } from '../engine/overview.ts';
import type { Answer, LineProtocol } from '../lib/line-protocol.ts';
import { splitWords } from '../lib/words.ts';
import { parseAddress } from '../policy/address.ts';
import { parseMailbox } from '../policy/check.ts';
import { formatDocument } from './sync-protocol.ts';

export interface SyncParts {
  readonly answerCheck: AnswerCheck;
  readonly nextId: () => string;
  readonly overview: Overview;
}

/** What a verb does with its arguments. */
type Verb = (parts: SyncParts, words: readonly string[]) => string | Promise<string>;

/** The protocol of the local socket. */
export function syncProtocol(parts: SyncParts): LineProtocol {
  return {
    name: 'sync',
    tooLong: '500 line too long\r\n',
    open: () => ({ line: (line) => answer(parts, line) }),
  };
}

function answer(parts: SyncParts, line: string): Answer | undefined {
  const [name, ...words] = splitWords(line);
  if (name === undefined) return undefined;
  if (name === 'quit') return { text: '250 closing connection\r\n', close: true };
  const verb = VERBS.get(name);
  if (verb === undefined) return { text: '500 unknown command\r\n', close: false };
  return { text: run(verb, parts, words), close: false };
}

async function run(verb: Verb, parts: SyncParts, words: readonly string[]): Promise<string> {
  try {
    return await verb(parts, words);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return `500 ${cause.replaceAll(/[\r\n]+/g, ' ')}\r\n`;
  }
}

const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['verdict', judge],
  ['tuples', async ({ overview }, [text]) => formatDocument((await overview.tuples(text)).map(toJson))],
  ['stats', async ({ overview }) => formatDocument([toJson(await overview.statistics())])],
]);

async function judge({ answerCheck, nextId }: SyncParts, words: readonly string[]): Promise<string> {
  const [ip = '', sender, recipient] = words;
  if (sender === undefined || recipient === undefined) return '500 arguments missing\r\n';
  const client = parseAddress(ip);
  if (client === undefined) return `500 ${ip} is not an IP address\r\n`;
  const id = nextId();
  const verdict = await answerCheck({
    id,
    client,
    sender: parseMailbox(sender),
    recipient: parseMailbox(recipient),
    via: 'sync',
  });
  return formatDocument([toJson({ ...verdict, id })]);
}

function toJson(value: unknown): string {
  return JSON.stringify(value);
}
