// The terminal that a program was started in, and whether it has been closed since.
import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/** A way to ask whether the terminal is gone; it never is where there was none, as under systemd, nohup or setsid. */
export function watchTerminal(): () => boolean {
  const inTerminal = isatty(0) && hasTerminal();
  return () => inTerminal && !hasTerminal();
}

/** By tty(4): it cannot be opened by who has none. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
