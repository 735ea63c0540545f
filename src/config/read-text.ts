// For tests: an option's value from the text behind its name.
import { splitWords } from '../lib/words.ts';
import type { OptionType } from './option-types.ts';

/** The value, or undefined if the text is not allowed. */
export function read<T>(type: OptionType<T>, text: string): T | undefined {
  return type.parse(splitWords(text, { comments: true }));
}

/** The same for many texts. */
export function reader<T>(type: OptionType<T>): (text: string) => T | undefined {
  return (text) => read(type, text);
}
