// Characters of a configuration file that look like nothing, or like others, so that a message about the word that holds them
// would be a riddle.

/** What to do about a file that has another encoding. */
export const UTF_8 = 'save it as UTF-8';

/** The no-break space and its like, which web pages have in the place of blanks, and characters that have no width at all. */
const FALSE_BLANK = /[\p{Zs}\u200b\u2060\ufeff]/u;

/** The character that Node puts in the place of bytes that are no UTF-8. */
const REPLACED = '\ufffd';

/** What is wrong with the words, if one of them holds such a character. */
export function oddCharacter(words: readonly string[]): string | undefined {
  const broken = words.find((word) => word.includes(REPLACED));
  if (broken !== undefined) return `${broken}: this is not UTF-8; ${UTF_8}, or write only ASCII`;
  for (const word of words) {
    // Ordinary blanks are allowed: a word that holds some was in quotes.
    const [blank] = FALSE_BLANK.exec(word.replaceAll(' ', '')) ?? [];
    if (blank !== undefined)
      return `${word.replace(blank, codePoint(blank))}: ${codePoint(blank)} is no blank here; write an ordinary one`;
  }
  return undefined;
}

function codePoint(character: string): string {
  return `<U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`;
}
