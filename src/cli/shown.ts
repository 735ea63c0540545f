// What a command tells, as a terminal may get it: nothing that a sender wrote is obeyed, or turned around.
import { escaped, UNSEEN } from '../lib/unseen.ts';
import { COLOUR_CODES } from './screen.ts';

/** Our own colours, which stay, and the characters that are written as in JSON: all unseen ones but line ends. */
const COLOUR_OR_UNSEEN = new RegExp(`${COLOUR_CODES}|(?!\\n)[${UNSEEN}]`, 'gu');

/** The text with `\u001b` and the like for what would not be seen. It stays JSON if it is. */
export function shown(text: string): string {
  return text.replaceAll(COLOUR_OR_UNSEEN, (found) => (found.length > 1 ? found : escaped(found)));
}
