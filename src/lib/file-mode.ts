// The mode of files that are made for us by others, such as a socket or a database: they have it from the first moment.

/** Does the work. Files that it makes before it returns, and not those that come later, have at most this mode. */
export function withFileMode<T>(mode: number | undefined, work: () => T): T {
  if (mode === undefined) return work();
  const before = process.umask(0o777 & ~mode);
  try {
    return work();
  } finally {
    process.umask(before);
  }
}
