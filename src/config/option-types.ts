// The types that an option's value can have: how its words are read, and how a value is written.
import { quoteWord } from '../lib/quote-word.ts';
import { formatSocketAddress, parseSocketAddress, type SocketAddress } from '../lib/socket-address.ts';
import { type Network, parseNetwork } from '../policy/address.ts';
import { formatReplyTemplate, parseReplyTemplate, type ReplyTemplate } from '../policy/reply.ts';

export interface OptionType<T> {
  /** What may stand there, for error messages and the documentation. */
  readonly allowed: string;
  /** The value that the words behind the option's name spell, or undefined. */
  readonly parse: (words: readonly string[]) => T | undefined;
  /** The value as the file would have it. */
  readonly write: (value: T) => string;
}

const UNITS: { readonly [unit: string]: number } = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A span of time in seconds: `90`, `10s`, `10m`, `4h`, `3d`, `2w`, `4 hours`, `60 days`; m is minutes. */
export const duration: OptionType<number> = {
  allowed: 'a time such as 290s, 10m, 4h, 3d, 2w or "4 hours"',
  parse: (words) => {
    const parts = /^(\d{1,9}) ?(?:([smhdw])|(second|minute|hour|day|week)s?)?$/i.exec(words.join(' '));
    if (parts === null) return undefined;
    const unit = (parts[2] ?? parts[3] ?? 's').charAt(0).toLowerCase();
    return Number(parts[1]) * (UNITS[unit] ?? 1);
  },
  write: (value) => {
    const [unit, factor] = Object.entries(UNITS).findLast(
      ([, seconds]) => value >= seconds && value % seconds === 0,
    ) ?? ['s', 1];
    return `${value / factor}${unit}`;
  },
};

/** A whole number from 0 up. */
export const count: OptionType<number> = {
  allowed: 'a whole number, 0 or more',
  parse: one((word) => (/^\d{1,9}$/.test(word) ? Number(word) : undefined)),
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

/** One of the given words, in any case. */
export function choice<const T extends string>(...choices: readonly T[]): OptionType<T> {
  return {
    allowed: `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`,
    parse: one((text) => choices.find((candidate) => candidate.toLowerCase() === text.toLowerCase())),
    write: (value) => value,
  };
}

/** Addresses and networks, any number on a line. */
export const networks: OptionType<readonly Network[]> = {
  allowed: 'addresses and networks such as 192.0.2.1, 198.51.100.0/24 or 2001:db8::/32',
  parse: (words) => {
    const parsed = words.map(parseNetwork);
    return parsed.length > 0 && parsed.every((network) => network !== undefined) ? parsed : undefined;
  },
  write: (value) => value.map((network) => network.text).join(' '),
};

/** GREY_REPLY. */
export const reply: OptionType<ReplyTemplate> = {
  allowed: 'CODE:STATUS:TEXT of a temporary refusal, such as "451:4.2.0:Greylisted, try again in {wait}"',
  parse: (words) => parseReplyTemplate(words.join(' ')),
  write: (value) => quoted(formatReplyTemplate(value)),
};

export const PROTOCOLS = ['greylist', 'policy', 'sync'] as const;

/** A socket that the daemon serves. */
export interface Listener {
  readonly protocol: (typeof PROTOCOLS)[number];
  readonly address: SocketAddress;
  /** File mode of a unix socket. */
  readonly mode?: number;
  /** Group of a unix socket's file. */
  readonly group?: string;
}

/** `PROTOCOL ADDRESS [mode=0660] [group=NAME]`. */
export const listeners: OptionType<readonly Listener[]> = {
  allowed: `${PROTOCOLS.join(', ')}, then unix:PATH, HOST:PORT, [IPV6]:PORT or inet:PORT@HOST, then perhaps mode=0660 group=NAME (unix)`,
  parse: (words) => {
    const listener = parseListener(words);
    return listener && [listener];
  },
  write: (value) => value.map(writeListener).join('\nlisten '),
};

function parseListener([name, where = '', ...rest]: readonly string[]): Listener | undefined {
  const protocol = PROTOCOLS.find((candidate) => candidate === name?.toLowerCase());
  const address = parseSocketAddress(where);
  if (protocol === undefined || address === undefined) return undefined;
  let listener: Listener = { protocol, address };
  for (const text of rest) {
    const [, mode, group] = /^(?:mode=([0-7]{3,4})|group=(\S+))$/.exec(text) ?? [];
    if (address.kind !== 'unix' || (mode ?? group) === undefined) return undefined;
    listener = { ...listener, ...(mode === undefined ? {} : { mode: Number.parseInt(mode, 8) }) };
    listener = { ...listener, ...(group === undefined ? {} : { group }) };
  }
  return listener;
}

function writeListener({ protocol, address, mode, group }: Listener): string {
  const words = [protocol, quoted(formatSocketAddress(address))];
  if (mode !== undefined) words.push(`mode=${mode.toString(8).padStart(4, '0')}`);
  if (group !== undefined) words.push(`group=${group}`);
  return words.join(' ');
}

function one<T>(parse: (word: string) => T | undefined): (words: readonly string[]) => T | undefined {
  return ([first, ...rest]) => (first === undefined || rest.length > 0 ? undefined : parse(first));
}

function quoted(text: string): string {
  return quoteWord(text) ?? text;
}
