// The log: one line an event, text (key=value) or JSON, collected for a moment and written at once.
import { escaped, UNSEEN } from './unseen.ts';

export type LogFormat = 'text' | 'json';
export type LogValue = string | number | boolean | undefined;
/** `time` and `event` are the line's own: in JSON a field of that name would take their place. */
export type LogFields = { readonly [key: string]: LogValue; readonly time?: never; readonly event?: never };

/** 0 what an operator must see, 1 short connections and changes, 2 each report and DNS question, 3 each protocol line. */
export type LogLevel = 0 | 1 | 2 | 3;

export interface Log {
  /** Whether lines of this level are written at all, for callers that would have to build something first. */
  on(level: LogLevel): boolean;
  event(level: LogLevel, event: string, fields?: LogFields): void;
  /** Changes what is written from now on. */
  configure(settings: LogSettings): void;
  /** Writes out what is waiting. */
  flush(): void;
}

export interface LogSettings {
  readonly level: LogLevel;
  readonly format: LogFormat;
}

/** The line of an event, in the form that is in force. */
export type LineOf = (event: string, fields: LogFields) => string;

/** Takes whole lines. `lineOf` makes a line of whatever the output has to say itself among them. */
export type WriteLines = (text: string, lineOf: LineOf) => void;

export interface LogTiming {
  readonly now?: () => number;
  /**
   * Milliseconds that a line waits for others at most; without it they are written at the end of the turn of the event
   * loop.
   */
  readonly delay?: number;
}

/**
 * Characters after which lines wait no longer. Thousands of lines put together at once would hold up checks for nearly a
 * millisecond; of few, the pieces they are made of are still in the processor's cache.
 */
const MOST_AT_ONCE = 32 * 1024;

/** A log that writes to `write`, which gets whole lines. */
export function createLog(settings: LogSettings, write: WriteLines, timing: LogTiming = {}): Log {
  let { level, format } = settings;
  const { now = Date.now, delay } = timing;
  let waiting = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    const text = waiting;
    waiting = '';
    if (text !== '') write(text, lineOf);
  };
  const later = (): void => {
    if (delay === undefined) setImmediate(flush);
    else timer = setTimeout(flush, delay);
  };
  const stamp = timestamps(now);
  const lineOf: LineOf = (event, fields) =>
    format === 'json' ? jsonLine(stamp(), event, fields) : textLine(stamp(), event, fields);
  return {
    on: (wanted) => wanted <= level,
    event: (wanted, event, fields = {}) => {
      if (wanted > level) return;
      if (waiting === '') later();
      waiting += lineOf(event, fields);
      if (waiting.length >= MOST_AT_ONCE) flush();
    },
    configure: (changed) => {
      ({ level, format } = changed);
    },
    flush,
  };
}

/** A log that says nothing. */
export const silentLog: Log = { on: () => false, event: () => {}, configure: () => {}, flush: () => {} };

/** A field's value as the text form shows it: quoted when it holds anything but plain characters. */
export function quoteValue(value: string): string {
  return /^[\w.:/@+<>,%*~-]+$/.test(value) ? value : JSON.stringify(value).replaceAll(EACH_UNSEEN, escaped);
}

/** JSON leaves most of these as they are. */
const EACH_UNSEEN = new RegExp(`[${UNSEEN}]`, 'gu');

/** RFC 3339 in UTC. Formatting a date costs more than a check, so it is done once for all lines of a millisecond. */
function timestamps(now: () => number): () => string {
  let last = Number.NaN;
  let text = '';
  return () => {
    const time = now();
    if (time !== last) {
      last = time;
      text = new Date(time).toISOString();
    }
    return text;
  };
}

function textLine(time: string, event: string, fields: LogFields): string {
  let line = `${time} ${event}`;
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) line += ` ${key}=${typeof value === 'string' ? quoteValue(value) : value}`;
  }
  return `${line}\n`;
}

function jsonLine(time: string, event: string, fields: LogFields): string {
  return `${JSON.stringify({ time, event, ...fields }).replaceAll(EACH_UNSEEN, escaped)}\n`;
}
