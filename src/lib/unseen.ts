// Characters that a terminal does not show as they are: it may obey them, take them for a line end, or show in another order
// what stands behind them. Names and addresses are the words of whoever sends mail, so they may hold any.

/** Controls, line ends and signs for the direction of writing, inside a class of a regular expression with the flag `u`. */
export const UNSEEN: string = String.raw`\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}`;

/** The character as JSON may write it; of those above each is one UTF-16 unit. */
export function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
