// ddgrey forget SUBJECT: takes an entry made by hand back; if there is none, forgets all that is remembered of the address,
// network or domain.
import type { Location } from '../config/locate-config.ts';
import type { Forgotten } from '../peers/sync-protocol.ts';
import type { Explanation } from '../policy/explanation.ts';
import type { ManualEntry } from '../policy/manual-entry.ts';
import { isWide, type Subject } from '../policy/subject.ts';
import { askDaemon, itemOf, itemsOf } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { refuseWide } from './entry-arguments.ts';
import { needSubject } from './subject-argument.ts';

export const forgetCommand: Command = {
  name: 'forget',
  arguments: 'IP|NETWORK|DOMAIN',
  about: 'take white or black back; where there is none, forget its standing, attempts and passes',
  least: 1,
  most: 1,
  flags: ['wide'],
  run: async ({ location, words: [text = ''], flags, json }) => {
    const subject = needSubject(text);
    if (!flags.has('wide') && isWide(subject) && !(await isEntry(location, subject))) refuseWide(subject);
    const forgotten = itemOf<Forgotten>(await askDaemon(location, `forget ${subject.text}`));
    if (json) return { text: `${JSON.stringify(forgotten)}\n`, exitCode: 0 };
    const still = forgotten.entries === 0 && subject.kind === 'address' ? await stillBlack(location, subject.text) : '';
    return { text: describe(forgotten, subject) + still, exitCode: 0 };
  },
};

/** Whether there is an entry, which can be taken back however wide it is: that costs nobody else anything. */
async function isEntry(location: Location, { text }: Subject): Promise<boolean> {
  return itemsOf<ManualEntry>(await askDaemon(location, 'entries')).some(({ subject }) => subject === text);
}

/** A sentence about the reports by which the address is black again at once; empty if it is not. */
async function stillBlack(location: Location, ip: string): Promise<string> {
  const { client, reports } = itemOf<Explanation>(await askDaemon(location, `explain ${ip} <> postmaster@localhost`));
  const { length } = reports.filter(({ event }) => event !== 'ok');
  if (client.standing?.class !== 'black' || length === 0) return '';
  const which = length === 1 ? '1 report stays and counts' : `${length} reports stay and count`;
  return `${which}, so it is black all the same; ddgrey white ${ip} overrules that\n`;
}

/** For whoever has read `ddgrey tuples DOMAIN`, which also shows what has the domain as a sender's or recipient's. */
const DOMAIN_NOTE =
  'a domain means the clients whose verified name is in it; what tuples shows of senders and recipients there is forgotten by client\n';

function describe({ entries, standings, tuples, passes, shared }: Forgotten, subject: Subject): string {
  const parts = [
    counted(entries, 'entry by hand', 'entries by hand'),
    counted(standings, 'standing', 'standings'),
    counted(tuples, 'attempt', 'attempts'),
    counted(passes, 'pass', 'passes'),
  ].filter((text) => text !== '');
  const others = shared === undefined ? '' : `attempts are those of ${shared}: other clients there made some of them\n`;
  if (parts.length > 0) return `forgotten: ${parts.join(', ')}\n${others}`;
  return subject.kind === 'domain' ? `nothing was known of it\n${DOMAIN_NOTE}` : 'nothing was known of it\n';
}

function counted(count: number, one: string, many: string): string {
  if (count === 0) return '';
  return `${count} ${count === 1 ? one : many}`;
}
