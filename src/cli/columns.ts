// How many columns of a terminal a text takes: East Asian characters and emoji take two, marks on a letter none.
import { UNSEEN } from '../lib/unseen.ts';

/** A text of these alone has a column for each. */
const PLAIN = /^[ -~]*$/;

/** What is shown as `\u001b` and the like (shown.ts). */
const WRITTEN_OUT = new RegExp(`[${UNSEEN}]`, 'u');
const MARK = /[\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}]/u;
/** What Unicode calls wide (UAX #11), which a regular expression can't ask for: the blocks of East Asian characters. */
const EAST_ASIAN = [
  String.raw`\u1100-\u115f\ua960-\ua97c\uac00-\ud7a3`, // Korean
  String.raw`\u2e80-\u303e\u3041-\ua4cf\uf900-\ufaff`, // Chinese, Japanese, Yi
  String.raw`\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6`, // signs of their width
  String.raw`\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}`,
].join('');
/** Emoji are wide, too; a flag is made of two letters, which are not. */
const WIDE = new RegExp(String.raw`[${EAST_ASIAN}]|(?!\p{Regional_Indicator})\p{Emoji_Presentation}`, 'u');

/** The columns that the text takes. */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += columnsOfOne(character);
  return columns;
}

function columnsOfOne(character: string): number {
  if (PLAIN.test(character)) return 1;
  if (WRITTEN_OUT.test(character)) return String.raw`\u001b`.length;
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The text with blanks behind it up to so many columns. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

/** As much of the start of the text as so many columns hold. */
export function cut(text: string, columns: number): string {
  let end = 0;
  let left = columns;
  for (const character of text) {
    left -= columnsOfOne(character);
    if (left < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}
