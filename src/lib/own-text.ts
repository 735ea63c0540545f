// Texts that are kept for long. V8 cuts one out of another without copying it, and keeps the whole: a name that was in a line
// would keep all that its client sent at once, up to 64 KiB, and one in a log the whole block that was read.

/** The same text in memory of its own. */
export function ownText(text: string): string {
  // Cut out of the joined text, which is a copy.
  return ` ${text}`.slice(1);
}
