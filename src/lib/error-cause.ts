// What an error says of itself; what was thrown need not be one.

/** Its message; of several errors together, such as of a host with several addresses, the message of each. */
export function causeOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(causeOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** What the system calls it, such as ENOENT. */
export function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
