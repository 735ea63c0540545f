// The other direction of words.ts: a text as one word of a line.
import { splitWords } from './words.ts';

/** The text in the quotes it needs, so that splitWords gives it back; undefined if no quotes can hold it. */
export function quoteWord(text: string): string | undefined {
  if (/[\r\n]/.test(text)) return undefined;
  // Bare, a quote at its start could find a partner in a later word.
  const quotes = /^["'`]/.test(text) ? ['"', "'", '`'] : ['', '"', "'", '`'];
  return quotes.map((quote) => `${quote}${text}${quote}`).find((candidate) => splitWords(candidate)[0] === text);
}
