// The terminal that a program was started in, and whether it has been closed since.
import { closeSync, openSync, readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import { errorCode } from './error-cause.ts';

/**
 * A way to ask whether the terminal is gone. It never is where there was none, as under systemd, nohup or setsid, and for
 * a program in the background (`&`), which stays when whoever started it logs out.
 */
export function watchTerminal(): () => boolean {
  const inTerminal = isatty(0) && hasTerminal() && isInForeground();
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

/** Whether the keys of the terminal are for our process group, by Linux's /proc (proc(5)); also where that can't be told. */
function isInForeground(): boolean {
  try {
    // Behind the name of the program, which may have blanks: state, parent, group, session, terminal, group in the foreground.
    const [, , group, , , foreground] = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return group === foreground;
  } catch {
    return true;
  }
}
