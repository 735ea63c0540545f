// How much memory is held by what some work leaves behind.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes, roughly; what the work made must still be reachable. */
export async function bytesHeldBy(work: () => void | Promise<void>): Promise<number> {
  const before = bytesInUse();
  await work();
  return bytesInUse() - before;
}

/** The text, cut out of a long one as out of what a client sent. */
export function partOfLong(text: string): string {
  const long = Buffer.from(`${text} ${'x'.repeat(65_536)}`).toString();
  return long.slice(0, text.length);
}

function bytesInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
