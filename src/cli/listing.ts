// ddgrey [-w] [-g] [-b] [-s] [-e] [-c] [-r] [IP|NETWORK|DOMAIN]: the standings of clients, or the reports about them, in
// the columns of the original ddgrey.
import { readableConfig } from '../config/load-config.ts';
import { UsageError } from '../lib/usage-error.ts';
import { wholeList } from '../lib/whole-list.ts';
import type { ManualEntry } from '../policy/manual-entry.ts';
import { ENTRY_EVENTS } from '../policy/shared-entry.ts';
import { type Standing, STANDING_KINDS, type StandingKind } from '../policy/standing.ts';
import { overlaps, parseSubject } from '../policy/subject.ts';
import { askDaemon, askForItems, itemOf, itemsOf, quoteArgument } from './ask-daemon.ts';
import type { Command, Invocation, Outcome } from './command.ts';
import { jsonPieces } from './render.ts';
import { reportRows } from './report-rows.ts';
import { standingRows } from './standing-rows.ts';
import { needSubject } from './subject-argument.ts';

export const listCommand: Command = {
  name: 'list',
  arguments: '[-wgbsecr] [IP|NETWORK|DOMAIN]',
  about: 'standings, or with -e reports; "list" may be left out',
  least: 0,
  most: 1,
  flags: [...STANDING_KINDS, 'scores', 'events', 'calc', 'remove'],
  run: async (invocation) => {
    const subject = subjectOf(invocation);
    const { flags } = invocation;
    refuseNonsense(flags, subject);
    if (flags.has('events')) return listReports(invocation, subject);
    // Before they are removed: after that nobody knows whose standings they were.
    const clients = flags.has('calc') ? await clientsOf(invocation, subject) : [];
    const removed = flags.has('remove') ? await remove(invocation, subject) : undefined;
    if (removed !== undefined && !flags.has('calc')) {
      const text = invocation.json ? JSON.stringify({ standings: removed }) : `${removed} removed`;
      return { text: `${text}\n`, exitCode: 0 };
    }
    await calculate(invocation, clients);
    return listStandings(invocation, subject);
  },
};

/** The canonical text of the subject; empty if none is named. */
function subjectOf({ words: [text] }: Invocation): string {
  return text === undefined ? '' : needSubject(text).text;
}

function refuseNonsense(flags: Invocation['flags'], subject: string): void {
  const filtered = STANDING_KINDS.some((name) => flags.has(name));
  if (filtered && flags.has('calc')) throw new UsageError('-c can not be combined with filter arguments');
  if (filtered && flags.has('remove')) throw new UsageError('-r can not be combined with filter arguments');
  if (flags.has('remove') && subject === '') throw new UsageError('-r needs an address, network or domain');
  if (!flags.has('events')) return;
  if (filtered) throw new UsageError('-e can not be combined with filter arguments');
  if (flags.has('calc') || flags.has('remove'))
    throw new UsageError('-e only lists, and can not be combined with -c or -r');
}

async function remove({ location }: Invocation, subject: string): Promise<number> {
  return itemOf<{ readonly standings: number }>(await askDaemon(location, `remove ${subject}`)).standings;
}

/** Has standings computed for those of the clients that have none. */
async function calculate({ location, screen }: Invocation, clients: readonly string[]): Promise<void> {
  for (const [at, ip] of clients.entries()) {
    if (clients.length > 1) screen.progress(`${at + 1} of ${clients.length}`);
    await askDaemon(location, `standing ${ip}`);
  }
  if (clients.length > 1) screen.progress('');
}

/** A standing, or a report. */
interface Known {
  readonly ip: string;
  readonly event?: string;
}

/**
 * The clients whose standings are to be computed: the address itself, or all of which there are reports (not those of
 * entries by hand, whose address may be nobody's); with -r also all with standings.
 */
async function clientsOf({ location, flags }: Invocation, subject: string): Promise<readonly string[]> {
  if (parseSubject(subject)?.kind === 'address') return [subject];
  const clients = new Set<string>();
  for (const about of flags.has('remove') ? ['standings', 'reports'] : ['reports'])
    for await (const found of askForItems<Known>(location, `${about} ${quoteArgument(subject)}`))
      for (const { ip, event = '' } of found) if (!ENTRY_EVENTS.includes(event)) clients.add(ip);
  return [...clients];
}

async function listStandings({ location, flags, json, screen }: Invocation, subject: string): Promise<Outcome> {
  const kinds = STANDING_KINDS.filter((kind) => flags.has(kind));
  const question = ['standings', quoteArgument(subject), ...kinds].join(' ');
  if (json) return { text: jsonPieces(askForItems<Standing>(location, question)), exitCode: 0 };
  const { config } = readableConfig(location.configFile);
  const standings = await wholeList(askForItems<Standing>(location, question));
  const text = standingRows(standings, { delays: config, scores: flags.has('scores'), screen });
  // An address has one standing, or none yet.
  const identity = parseSubject(subject)?.kind === 'address' ? standings[0]?.identity : undefined;
  const clients = subject === '' ? undefined : [subject, identity ?? subject];
  return { text, exitCode: 0, note: entriesNote(await entriesFor(location, clients), kinds) };
}

/** The entries by hand about any of these clients, or all. */
async function entriesFor(
  location: Invocation['location'],
  clients: readonly string[] | undefined,
): Promise<readonly ManualEntry[]> {
  const entries = itemsOf<ManualEntry>(await askDaemon(location, 'entries'));
  if (clients === undefined) return entries;
  const subjects = clients.flatMap((text) => parseSubject(text) ?? []);
  return entries.filter((entry) => {
    const about = parseSubject(entry.subject);
    return about !== undefined && subjects.some((subject) => overlaps(subject, about));
  });
}

/** A remark that there are entries: they go before standings, but are not listed here. */
function entriesNote(entries: readonly ManualEntry[], kinds: readonly StandingKind[]): string | undefined {
  const { length } = entries.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
  if (length === 0) return undefined;
  return `${length === 1 ? '1 entry by hand matches' : `${length} entries by hand match`}, too: see ddgrey entries`;
}

async function listReports({ location, json, screen }: Invocation, subject: string): Promise<Outcome> {
  const question = `reports ${quoteArgument(subject)}`;
  if (json) return { text: jsonPieces(askForItems(location, question)), exitCode: 0 };
  return { text: reportRows(askForItems(location, `${question} oldest`), screen), exitCode: 0 };
}
