// Characters that a terminal does not show: it may obey them, take them for a line end, or show what stands behind them
// in another order. Names and addresses are the words of whoever sends mail, so they may hold any of these.

/** Controls, line ends and signs for the direction of writing, inside a class of a regular expression with the flag `u`. */
export const UNSEEN: string = String.raw`\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}`;

/** Such a character as JSON may write it; each of them is one UTF-16 unit. */
export function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
