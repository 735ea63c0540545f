// The greylist socket, for Exim and anything that can write a line to a socket. A line is
//   check IP FROM TO [KEY=VALUE...]            answered by `200 white`, `200 grey` or `200 black` and CRLF
//   check_quit IP FROM TO [KEY=VALUE...]       the same without a line end; then the connection is closed
//   check_and_quit IP FROM TO [KEY=VALUE...]   the bare word; then the connection is closed
//   quit                                       answered by `250 closing connection`; then the connection is closed
// Keys: helo, name (the client's verified name), id (stands in the log line); others are ignored. Errors are
// `500 ...`; empty lines and lines that start with `#` are not answered. (docs/protocols/greylist.md)
import type { AnswerCheck } from '../engine/answer-check.ts';
import { splitCommand } from '../lib/command-words.ts';
import { chain } from '../lib/maybe-promise.ts';
import type { Answer, LineProtocol, LineSession } from '../lib/line-protocol.ts';
import { parseAddress } from '../policy/address.ts';
import { type Check, parseMailbox } from '../policy/check.ts';
import { malformedRequest } from './malformed-request.ts';

/** How the answer to a check looks, by its command. */
interface Form {
  readonly before: string;
  readonly after: string;
  readonly close: boolean;
}

const FORMS: ReadonlyMap<string, Form> = new Map([
  ['check', { before: '200 ', after: '\r\n', close: false }],
  ['check_quit', { before: '200 ', after: '', close: true }],
  ['check_and_quit', { before: '', after: '', close: true }],
]);

/** A check in the making. */
type Asked = { -readonly [K in keyof Omit<Check, 'id'>]: Check[K] };

export type Request =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'error'; readonly text: string }
  | {
      readonly kind: 'check';
      readonly form: Form;
      readonly check: Omit<Check, 'id'>;
      /** The id that the client wants the check to have. */
      readonly id: string | undefined;
    };

export interface GreylistParts {
  readonly answerCheck: AnswerCheck;
  readonly nextId: () => string;
}

/** The protocol, for a line server. */
export function greylistProtocol({ answerCheck, nextId }: GreylistParts): LineProtocol {
  const line = (text: string): Answer | undefined => {
    const request = parseRequest(text);
    switch (request.kind) {
      case 'nothing':
        return undefined;
      case 'quit':
        return { text: '250 closing connection\r\n', close: true };
      case 'error':
        return malformedRequest(`500 ${request.text}\r\n`, request.text);
      case 'check': {
        const { check, form } = request;
        const verdict = answerCheck({ ...check, id: request.id ?? nextId() });
        return { text: chain(verdict, ({ kind }) => form.before + kind + form.after), close: form.close };
      }
    }
  };
  const session: LineSession = { line };
  return { name: 'greylist', tooLong: '500 line too long\r\n', open: () => session };
}

/** What a line asks for. Never throws. */
export function parseRequest(line: string): Request {
  const { words, pairs, problem } = splitCommand(line);
  if (problem !== undefined) return error(problem);
  const [command] = words;
  if (command === undefined) return { kind: 'nothing' };
  if (command === 'quit') return { kind: 'quit' };
  const form = FORMS.get(command);
  return form === undefined ? error('unknown command') : parseCheck(form, words, pairs);
}

function parseCheck(form: Form, words: readonly string[], joined: readonly string[]): Request {
  const [, client, sender, recipient] = words;
  if (client === undefined || sender === undefined || recipient === undefined) return error('arguments missing');
  const more = words.slice(4);
  if (more.some((word) => word.indexOf('=') <= 0)) return error('too many arguments');
  const address = parseAddress(client);
  if (address === undefined) return error('bad IP address format');
  const check: Asked = {
    client: address,
    sender: parseMailbox(sender),
    recipient: parseMailbox(recipient),
    via: 'greylist',
  };
  return { kind: 'check', form, check, id: readDetails(more.concat(joined), check) };
}

/** Puts what the pairs tell into the check; returns the id among them, if there is one. */
function readDetails(pairs: readonly string[], check: Asked): string | undefined {
  let id: string | undefined;
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const value = pair.slice(equals + 1);
    if (value === '') continue;
    switch (pair.slice(0, equals)) {
      case 'helo':
        check.helo = value;
        break;
      case 'name':
        check.clientName = value;
        break;
      case 'id':
        // The sender may be told the id, so nothing is taken that could mean something in a reply.
        if (/^[\w.:-]{1,64}$/.test(value)) id = value;
        break;
    }
  }
  return id;
}

function error(text: string): Request {
  return { kind: 'error', text };
}
