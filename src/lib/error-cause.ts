// What an error says of itself. What was thrown need not be an Error.

/** The message of an error; of several errors together, such as of a host with several addresses, that of each. */
export function causeOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(causeOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** The system's name of an error, such as ENOENT. */
export function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
