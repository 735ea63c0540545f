// The terminal that a program was started in, and whether it has been closed since.
import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import { errorCode } from './error-cause.ts';

/** A way to ask whether the terminal is gone; it never is where there was none, as under systemd, nohup or setsid. */
export function watchTerminal(): () => boolean {
  const inTerminal = isatty(0) && hasTerminal();
  return () => inTerminal && !hasTerminal();
}

/** By tty(4): whoever has none cannot open it. That no file descriptor is left, say, is no sign that the terminal is gone. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch (error) {
    const code = errorCode(error);
    return code !== 'ENXIO' && code !== 'EIO' && code !== 'ENOENT';
  }
}
