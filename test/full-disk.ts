// A disk that gets full.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Until it is disposed of, files take `room` bytes more in all, and then no other one. */
export function fullDisk(room: number): Disposable {
  const { writeSync } = fs;
  let left = room;
  fs.writeSync = ((file: number, bytes: Uint8Array, at: number): number => {
    if (left === 0) throw new Error('ENOSPC: no space left on device, write');
    const taken = writeSync(file, bytes, at, Math.min(left, bytes.length - at));
    left -= taken;
    return taken;
  }) as typeof writeSync;
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]: () => {
      fs.writeSync = writeSync;
      syncBuiltinESMExports();
    },
  };
}
