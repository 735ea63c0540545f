// A long text in lines that a terminal shows.

/** What the first line begins with, what the others do, and how long they may be. */
export interface Layout {
  readonly first: string;
  readonly others: string;
  readonly width: number;
}

/** The text in lines, cut at its blanks; a word that is longer than a line is left whole. */
export function wrapped(text: string, { first, others, width }: Layout): readonly string[] {
  const lines: string[] = [];
  for (const part of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length < width) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(`${lines.length === 0 ? first : others}${part}`);
  }
  return lines;
}
