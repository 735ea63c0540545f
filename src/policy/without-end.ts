// A text without what stands at its end again and again. A regular expression that looks for the end would take the square
// of the time for a text of nothing but such characters, and anybody may send one.

/** The text without any of these characters at its end. */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
