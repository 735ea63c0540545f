// Short ids for log lines and for people to read out: when the process started, and a count.

/** A source of ids of about 10 characters of [0-9a-z]; `start`, in seconds, tells those of different runs apart. */
export function createShortIds(start: number = Math.floor(Date.now() / 1000)): () => string {
  const run = start.toString(36);
  let next = 0;
  return () => {
    next += 1;
    return run + next.toString(36).padStart(4, '0');
  };
}
