// The beginning of each line of Exim's logs: `YYYY-MM-DD HH:MM:SS[.MMM] [+HHMM] [\[PID\]] `. Milliseconds and process number
// come with log_selector +millisec and +pid, the zone with the option log_timezone; without a zone the time is the system's.
// Some texts begin with a space of their own.
import type { Seconds } from '../policy/check.ts';

const STAMP =
  /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.\d{1,6})?(?: ([+-])(\d\d)(\d\d))?(?: \[\d{1,10}\])? (?= ?\S)/;

/** The time and the text after the stamp; undefined when the line does not begin with one. */
export function parseStamp(line: string): { readonly time: Seconds; readonly text: string } | undefined {
  const match = STAMP.exec(line);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  const text = line.slice(match[0].length);
  const sign = match[7];
  if (sign === undefined) return { time: new Date(year, month - 1, day, hour, minute, second).getTime() / 1000, text };
  const east = (Number(match[8]) * 3600 + Number(match[9]) * 60) * (sign === '-' ? -1 : 1);
  return { time: Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - east, text };
}
