// A directory of a test's own, which users that mail servers run as can enter.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string;
  /** The path of a file in it. */
  file(name: string): string;
}

/** Makes the directory; disposing removes it with all that is in it. */
export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'ddgrey-system-'));
  await chmod(path, 0o755);
  return {
    path,
    file: (name) => join(path, name),
    // A mail server's last process may still be writing.
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}
