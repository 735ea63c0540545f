// A text as one word of a command line, for somebody who copies it into a shell.

/** The text, in quotes if a shell would make something else of it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
