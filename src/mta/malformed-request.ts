// What a mail server gets that asks wrongly.
import type { Answer } from '../lib/line-protocol.ts';

/** The answer to a request that says nothing. Whoever asks wrongly lets all mail pass, and nobody else would tell. */
export function malformedRequest(text: string, problem: string): Answer {
  return { text, close: false, trouble: { what: 'malformed request', cause: problem } };
}
