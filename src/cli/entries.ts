// ddgrey white|black [local] SUBJECT [DURATION] [REASON...]: makes an entry by hand; peers are told unless it is local. ddgrey entries lists them.
import { userInfo } from 'node:os';
import { loadConfig } from '../config/load-config.ts';
import { duration } from '../config/option-types.ts';
import type { Config } from '../config/options.ts';
import { UsageError } from '../lib/usage-error.ts';
import type { ManualEntry } from '../policy/manual-entry.ts';
import { askDaemon, itemOf, itemsOf, quoteArgument } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { formatJson, formatTable, formatTime } from './render.ts';
import { fitTable } from './screen.ts';
import { needSubject } from './subject-argument.ts';

export const whiteCommand: Command = entryCommand('white', (config) => config.GREY_WHITELIST_LIFETIME);
export const blackCommand: Command = entryCommand('black', (config) => config.blacklist);

function entryCommand(kind: ManualEntry['kind'], usual: (config: Config) => number): Command {
  return {
    name: kind,
    arguments: '[local] IP|NETWORK|DOMAIN [DURATION] [REASON...]',
    about: kind === 'white' ? 'never greylist it; for 12h, 30d, ...' : 'take no mail from it; for 12h, 30d, ...',
    least: 1,
    most: Number.POSITIVE_INFINITY,
    run: async ({ location, words: given, json }) => {
      const scope = given[0] === 'local' ? 'local' : '';
      const [text, ...rest] = scope === '' ? given : given.slice(1);
      if (text === undefined) throw new UsageError(`${kind} local needs an address, network or domain`);
      const subject = needSubject(text);
      const { span, reason } = splitDuration(rest);
      const seconds = span ?? usual(loadConfig(location.configFile).config);
      const words = [scope, subject.text, String(seconds), userInfo().username, reason].filter((word) => word !== '');
      const entry = itemOf<ManualEntry>(await askDaemon(location, `${kind} ${words.map(quoteArgument).join(' ')}`));
      return { text: json ? `${JSON.stringify(entry)}\n` : describe(entry), exitCode: 0 };
    },
  };
}

export const entriesCommand: Command = {
  name: 'entries',
  arguments: '',
  about: 'what is white or black by hand',
  least: 0,
  most: 0,
  run: async ({ location, json, screen }) => {
    const entries = itemsOf<ManualEntry>(await askDaemon(location, 'entries'));
    if (json) return { text: formatJson(entries), exitCode: 0 };
    const rows = entries.map(row);
    return { text: fitTable(formatTable(['kind', 'subject', 'until', 'by', 'reason'], rows), screen), exitCode: 0 };
  },
};

/** A duration has a unit, so that `2 new servers` is a reason. */
function splitDuration(words: readonly string[]): { readonly span: number | undefined; readonly reason: string } {
  for (const count of [2, 1]) {
    const text = words.slice(0, count).join(' ');
    const span = /[a-z]/i.test(text) && words.length >= count ? duration.parse(words.slice(0, count)) : undefined;
    if (span === 0) throw new UsageError('a duration of 0 is over at once');
    if (span !== undefined) return { span, reason: words.slice(count).join(' ') };
  }
  return { span: undefined, reason: words.join(' ') };
}

function row({ kind, subject, expires, author, reason }: ManualEntry): readonly string[] {
  return [kind, subject, formatTime(expires), author, reason];
}

function describe({ subject, kind, expires, author, reason }: ManualEntry): string {
  return `${subject} is ${kind} until ${formatTime(expires)}: ${reason} (${author})\n`;
}
