// What a command tells, as a terminal may get it. Names and addresses in it are the words of whoever sends mail: a terminal
// would obey the control characters in them, and show in another order what stands behind a sign for the direction of writing.
import { COLOUR_CODES } from './screen.ts';

/** Our own colours, and all that is shown as in JSON but for line ends. */
const UNSEEN = new RegExp(`${COLOUR_CODES}|(?!\\n)[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Bidi_Control}]`, 'gu');

/** The text with `\u001b` and the like for what would not be seen. It stays JSON if it is. */
export function shown(text: string): string {
  return text.replaceAll(UNSEEN, (found) => (found.length > 1 ? found : escaped(found)));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
