// What an error says of itself; what was thrown need not be one.

/** Its message. */
export function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the system calls it, such as ENOENT. */
export function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
