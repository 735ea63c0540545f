// A log whose lines a test can look at.
import { createLog, type Log, type LogLevel } from '../src/lib/log.ts';

export interface KeptLog {
  readonly log: Log;
  /** The lines so far, without their times. */
  readonly logged: () => readonly string[];
}

/** A log up to this level. */
export function keptLog(level: LogLevel = 0): KeptLog {
  let text = '';
  const log = createLog({ level, format: 'text' }, (lines) => {
    text += lines;
  });
  const logged = (): readonly string[] => {
    log.flush();
    return text.split('\n').flatMap((line) => (line === '' ? [] : line.slice(line.indexOf(' ') + 1)));
  };
  return { log, logged };
}
