// The mode of files that others make for us: a socket, a database. They have it from their beginning.

/** Does the work; files that it makes at once, not those that come later, have at most this mode. */
export function withFileMode<T>(mode: number | undefined, work: () => T): T {
  if (mode === undefined) return work();
  const before = process.umask(0o777 & ~mode);
  try {
    return work();
  } finally {
    process.umask(before);
  }
}
