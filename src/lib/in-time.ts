// Waiting for something, but not for ever.

/** Whether the promise resolves within this time; rejects if the promise rejects by then. */
export async function inTime(done: Promise<unknown>, milliseconds: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(late.resolve, milliseconds, false);
  try {
    return await Promise.race([done.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
