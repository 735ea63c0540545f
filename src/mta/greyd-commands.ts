// The commands of the greyd protocol, one a line, their words in any case, with blanks or commas between them:
//   GREYCHECK IP [FROM TO HOST]   GREYVALID IP [FROM TO HOST]   DOWNLOAD TABLE [SECONDS]   UPLOAD TABLE   UPDATE TABLE
//   RECONFIGURE  REOPENDB  RESTART  SHUTDOWN  HELP  QUIT  EXIT          TABLE is PENDING, VALID or WHITE
// (docs/protocols/greyd.md)
import { parseAddress } from '../policy/address.ts';
import type { Check, Seconds } from '../policy/check.ts';
import { type Table, TABLES } from '../policy/table.ts';
import { parseGreydRecipient, parseGreydSender } from './greyd-address.ts';

export type GreydCommand =
  /** An empty line, which is no command and no error either. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'error'; readonly answer: string }
  /** `check` is undefined if the address is none. */
  | { readonly kind: 'greycheck' | 'greyvalid'; readonly check: Omit<Check, 'id'> | undefined }
  /** Entries that were used in the last `age` seconds, or all. */
  | { readonly kind: 'download'; readonly table: Table; readonly age: Seconds | undefined }
  | { readonly kind: 'upload' | 'update'; readonly table: Table }
  | { readonly kind: PlainCommand };

export type PlainCommand = 'help' | 'quit' | 'exit' | 'reconfigure' | 'reopendb' | 'restart' | 'shutdown';

const PLAIN: ReadonlySet<string> = new Set<PlainCommand>([
  'help',
  'quit',
  'exit',
  'reconfigure',
  'reopendb',
  'restart',
  'shutdown',
]);

/** What the client writes for something that it does not know. */
const MISSING = '-';

// oxlint-disable-next-line no-control-regex -- they would end the line of an answer
const CONTROLS = /[\0-\x1f\x7f]/g;

/** What a line asks for. Never throws. */
export function parseCommand(line: string): GreydCommand {
  if (line === '') return { kind: 'nothing' };
  const nul = line.indexOf('\0');
  // Other white space than the blank may stand in an address (a tab, a no-break space): it separates nothing.
  const words = (nul < 0 ? line : line.slice(0, nul))
    .toLowerCase()
    .split(/[ ,]+/)
    .filter((word) => word !== '');
  const [command] = words;
  if (command === undefined) return { kind: 'error', answer: '' };
  switch (command) {
    case 'greycheck':
    case 'greyvalid':
      return words.length > 1 ? { kind: command, check: parseCheck(words) } : NOT_ENOUGH;
    case 'download':
    case 'upload':
    case 'update':
      return parseTableCommand(command, words);
    default:
      return isPlain(command) ? { kind: command } : error(`${command} : Unknown command !`);
  }
}

function parseTableCommand(kind: 'download' | 'upload' | 'update', [, table, age]: readonly string[]): GreydCommand {
  if (table === undefined) return NOT_ENOUGH;
  if (!isTable(table)) return error(`${table} : Unknown table !`);
  if (kind !== 'download') return { kind, table };
  if (age !== undefined && !/^\d{1,11}$/.test(age)) return error(`${age} : Not a number of seconds !`);
  return { kind, table, age: Number(age ?? 0) || undefined };
}

function parseCheck([, ip = '', from = MISSING, to = MISSING, host = MISSING]: readonly string[]):
  | Omit<Check, 'id'>
  | undefined {
  const client = parseAddress(/^\[(.*)\]$/.exec(ip)?.[1] ?? ip);
  if (client === undefined) return undefined;
  const check = { client, sender: parseGreydSender(from), recipient: parseGreydRecipient(to), via: 'greyd' };
  return host === MISSING || host === 'unknown' || host.startsWith('[') ? check : { ...check, clientName: host };
}

function isPlain(word: string): word is PlainCommand {
  return PLAIN.has(word);
}

function isTable(word: string): word is Table {
  return TABLES.some((table) => table === word);
}

/** An error, which quotes what was sent, but no characters that would end the line. */
function error(text: string): GreydCommand {
  return { kind: 'error', answer: `600 ${text.replaceAll(CONTROLS, '?')}\r\n` };
}

const NOT_ENOUGH: GreydCommand = error('Not enough parameters !');
