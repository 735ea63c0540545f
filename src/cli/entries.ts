// ddgrey white|black [local] SUBJECT [DURATION] [REASON...]: makes an entry by hand; peers are told unless it is local.
// ddgrey entries lists them.
import { readableConfig } from '../config/load-config.ts';
import { duration } from '../config/option-types.ts';
import { OPTIONS } from '../config/options.ts';
import { UsageError } from '../lib/usage-error.ts';
import type { Entered } from '../peers/sync-protocol.ts';
import { notNetworks } from '../policy/address.ts';
import type { ManualEntry } from '../policy/manual-entry.ts';
import { askDaemon, itemOf, itemsOf, quoteArgument } from './ask-daemon.ts';
import { authorName } from './author-name.ts';
import type { Command } from './command.ts';
import { entryArguments, refuseWide } from './entry-arguments.ts';
import { describeEntry } from './entry-text.ts';
import { formatJson, formatTable, formatTime } from './render.ts';
import { fitTable } from './screen.ts';

export const whiteCommand: Command = entryCommand('white', 'never greylist it', 'GREY_WHITELIST_LIFETIME');
export const blackCommand: Command = entryCommand('black', 'take no mail from it', 'blacklist');

/** `lifetime`: the option that says how long an entry lasts where no duration is given. */
function entryCommand(
  kind: ManualEntry['kind'],
  about: string,
  lifetime: 'GREY_WHITELIST_LIFETIME' | 'blacklist',
): Command {
  return {
    name: kind,
    arguments: '[local] IP|NETWORK|DOMAIN [DURATION] [REASON...]',
    about: `${about}; for 12h, 30d, ..., else for ${lifetime} (${duration.write(OPTIONS[lifetime].default)})`,
    least: 1,
    most: Number.POSITIVE_INFINITY,
    flags: ['wide'],
    run: async ({ location, words, flags, json }) => {
      const { local, subject, span, reason } = entryArguments(kind, words);
      if (!flags.has('wide')) refuseWide(subject);
      const { config } = readableConfig(location.configFile);
      const usual = span ?? config[lifetime];
      if (usual === 0) throw new UsageError(`${lifetime} is 0, so say for how long: ${kind} ${subject.text} 30d`);
      const scope = local ? ['local'] : [];
      const said = reason === '' ? [] : [reason];
      const told = [kind, ...scope, subject.text, String(usual), authorName(), ...said];
      const { was, trusted, ...entry } = itemOf<Entered>(await askDaemon(location, told.map(quoteArgument).join(' ')));
      if (json) return { text: `${JSON.stringify({ ...entry, was, trusted })}\n`, exitCode: 0 };
      const byDefault =
        span === undefined ? `no duration was given: ${duration.write(usual)}, as ${lifetime} says\n` : '';
      const meant =
        subject.kind === 'domain'
          ? domainNote(kind, subject.text) + (config.reputation ? '' : NAMES_NOTE)
          : addressNote(subject.text);
      return {
        text: `${describeEntry(entry)}\n` + before(was) + byDefault + meant + (trusted ? TRUSTED_NOTE : ''),
        exitCode: 0,
      };
    },
  };
}

/** Standings have the names that we verified. */
const NAMES_NOTE =
  'as reputation is switched off, it counts only where the mail server tells the name of the client (Exim: with ' +
  'host_lookup); otherwise enter the address\n';
const TRUSTED_NOTE = 'it has no effect as long as the client is in the trusted lines of the configuration\n';

function before(was: ManualEntry | undefined): string {
  return was === undefined
    ? ''
    : `it was ${was.kind} until ${formatTime(was.expires)}: ${was.reason} (${was.author})\n`;
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

/** Says whom a domain means: it is easily taken for a sender's, which anybody can write. */
function domainNote(kind: ManualEntry['kind'], domain: string): string {
  const senders = kind === 'white' ? '; senders are exempted by the policy file' : ', whoever the sender is';
  return `it means the clients whose verified name is in ${domain}${senders}\n`;
}

function addressNote(address: string): string {
  return notNetworks([address])
    .map((note) => `${note}\n`)
    .join('');
}

function row({ kind, subject, expires, author, reason }: ManualEntry): readonly string[] {
  return [kind, subject, formatTime(expires), author, reason];
}
