// What an option's value can be: how its words are read, and how a value is written. Here the types of a single value.
import { isIP } from 'node:net';
import { isHostName } from '../lib/host-name.ts';
import { listed } from '../lib/listed.ts';
import { quoteWord } from '../lib/quote-word.ts';
import { formatSocketAddress, parseSocketAddress, type SocketAddress } from '../lib/socket-address.ts';
import { asciiDomain } from '../policy/domains.ts';
import { LONGEST_ENTRY } from '../policy/manual-entry.ts';
import { formatReplyTemplate, parseReplyTemplate, type ReplyTemplate, unknownPlaceholders } from '../policy/reply.ts';

/** The forms of a socket's address. */
export const SOCKET_ADDRESSES = 'unix:PATH, HOST:PORT, [IPV6]:PORT or inet:PORT@HOST';

export interface OptionType<T> {
  /** What may stand there, for error messages and the documentation. */
  readonly allowed: string;
  /** The value that the words behind the option's name spell, or undefined. */
  readonly parse: (words: readonly string[]) => T | undefined;
  /** What is wrong with words that are not allowed, where that can be told more closely. */
  readonly problem?: (words: readonly string[]) => string | undefined;
  /** What is to be said of words that are allowed, but may not do what they seem to. */
  readonly oddities?: (words: readonly string[]) => readonly string[];
  /** The value as the file would have it behind the option's name; what needs several lines is separated by line ends. */
  readonly write: (value: T) => string;
}

const UNITS: { readonly [unit: string]: number } = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

const SOME_TIME = 'a time such as 290s, 10m, 4h, 3d, 2w or "4 hours"';

/** A span of time in seconds: `90`, `10s`, `10m`, `4h`, `3d`, `2w`, `4 hours`, `60 days`; m is minutes. */
export const duration: OptionType<number> = {
  allowed: `${SOME_TIME}, at most ${writeDuration(LONGEST_ENTRY)}`,
  parse: (words) => parseDuration(words, 0, LONGEST_ENTRY),
  write: writeDuration,
};

/** The same, within these bounds. */
export function durationFrom(least: number, most: number): OptionType<number> {
  return {
    allowed: `${SOME_TIME}, from ${writeDuration(least)} to ${writeDuration(most)}`,
    parse: (words) => parseDuration(words, least, most),
    write: writeDuration,
  };
}

function parseDuration(words: readonly string[], least: number, most: number): number | undefined {
  const parts = /^(\d{1,10}) ?(?:([smhdw])|(sec(?:ond)?|min(?:ute)?|hour|day|week)s?)?$/i.exec(words.join(' '));
  if (parts === null) return undefined;
  const unit = (parts[2] ?? parts[3] ?? 's').charAt(0).toLowerCase();
  const value = Number(parts[1]) * (UNITS[unit] ?? 1);
  return value < least || value > most ? undefined : value;
}

function writeDuration(value: number): string {
  const [unit, factor] = Object.entries(UNITS).findLast(([, seconds]) => value >= seconds && value % seconds === 0) ?? [
    's',
    1,
  ];
  return `${value / factor}${unit}`;
}

/** A whole number from 0 up. */
export const count: OptionType<number> = {
  allowed: 'a whole number from 0 to 999999999',
  parse: one((word) => (/^\d{1,9}$/.test(word) ? Number(word) : undefined)),
  write: String,
};

/** A TCP port; 0 stands for the one that is usual. */
export const port: OptionType<number> = {
  allowed: 'a port from 1 to 65535, or 0 for the usual one',
  parse: one((word) => (/^\d{1,5}$/.test(word) && Number(word) <= 65_535 ? Number(word) : undefined)),
  write: String,
};

/** A number from 0 up. */
export const decimal: OptionType<number> = {
  allowed: 'a number from 0 to 999999999, such as 1 or 0.5, with at most 6 digits behind the point',
  parse: one((word) => (/^\d{1,9}(?:\.\d{1,6})?$/.test(word) ? Number(word) : undefined)),
  write: String,
};

/** `yes` or `no`. */
export const yesNo: OptionType<boolean> = {
  allowed: 'yes or no',
  parse: one((word) => {
    if (/^(?:yes|on|true|1)$/i.test(word)) return true;
    return /^(?:no|off|false|0)$/i.test(word) ? false : undefined;
  }),
  write: (value) => (value ? 'yes' : 'no'),
};

/** Any one word. */
export const word: OptionType<string> = {
  allowed: 'one word, in quotes if it holds spaces',
  parse: one((text) => (text === '' ? undefined : text)),
  write: quoted,
};

/** The name of a file, or `none`: the empty one. */
export const fileOrNone: OptionType<string> = {
  allowed: 'a file, in quotes if its name holds spaces; or none',
  parse: (words) => (isNone(words) ? '' : word.parse(words)),
  write: (value) => (value === '' ? 'none' : quoted(value)),
};

/** Whether the words are the one that stands for an empty value. */
export function isNone(words: readonly string[]): boolean {
  return words.length === 1 && words[0]?.toLowerCase() === 'none';
}

/** One of the given words, in any case. */
export function choice<const T extends string>(...choices: readonly T[]): OptionType<T> {
  return {
    allowed: `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`,
    parse: one((text) => choices.find((candidate) => candidate.toLowerCase() === text.toLowerCase())),
    write: (value) => value,
  };
}

/** The address of a socket, of a host that is a name or an address: `a..b` and `127.0.0.256` are neither. */
export function parsePlace(text: string): SocketAddress | undefined {
  const address = parseSocketAddress(text);
  if (address?.kind !== 'tcp') return address;
  const host = asciiDomain(address.host);
  return isHostName(host) || isIP(host) !== 0 ? { ...address, host } : undefined;
}

/** Where a server is found, which is never on port 0. */
export const socketAddress: OptionType<SocketAddress> = {
  allowed: `${SOCKET_ADDRESSES}, the port from 1 to 65535`,
  parse: one((text) => {
    const place = parsePlace(text);
    return place?.kind === 'tcp' && place.port === 0 ? undefined : place;
  }),
  write: (value) => quoted(formatSocketAddress(value)),
};

/** The name that a server goes by; every machine can call itself localhost. */
export const serverName: OptionType<string> = {
  allowed: 'a host name without "localhost" in it',
  parse: one((text) => {
    const name = asciiDomain(text);
    return isHostName(name) && !isAnyMachine(name) ? name : undefined;
  }),
  write: (value) => value,
};

/** Whether a host name is one that every machine has for itself. */
export function isAnyMachine(name: string): boolean {
  return name.toLowerCase().includes('localhost');
}

/** GREY_REPLY. */
export const reply: OptionType<ReplyTemplate> = {
  allowed:
    'CODE:STATUS:TEXT of a temporary refusal (but not 421, after which mail servers hang up), such as "451:4.2.0:Greylisted, try again in {wait}", in ASCII, the text of at most 400 characters, with no other placeholders than {wait}, {why} and {id}',
  parse: (words) => {
    const template = parseReplyTemplate(words.join(' '));
    return template !== undefined && unknownPlaceholders(template).length === 0 ? template : undefined;
  },
  problem: (words) => {
    const template = parseReplyTemplate(words.join(' '));
    return template && `${listed(unknownPlaceholders(template))}: no such placeholder`;
  },
  write: (value) => quoted(formatReplyTemplate(value)),
};

function one<T>(parse: (word: string) => T | undefined): (words: readonly string[]) => T | undefined {
  return ([first, ...rest]) => (first === undefined || rest.length > 0 ? undefined : parse(first));
}

/** The text as one word of a line. */
export function quoted(text: string): string {
  return quoteWord(text) ?? text;
}
