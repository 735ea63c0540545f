// What a mail server is answered that asks wrongly.
import type { Answer } from '../lib/line-protocol.ts';

/** The answer to a request that means nothing. It is logged, since a server that asks wrongly lets all mail pass unnoticed. */
export function malformedRequest(text: string, problem: string): Answer {
  return { text, close: false, trouble: { what: 'malformed request', cause: problem } };
}
