// ddgrey forget SUBJECT: takes an entry made by hand back; without one, all that is remembered of an address, network or
// domain goes.
import type { Subject } from '../policy/subject.ts';
import { askDaemon, itemOf } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { needSubject } from './subject-argument.ts';

/** How many there were of each. */
interface Forgotten {
  readonly entries: number;
  readonly standings: number;
  readonly tuples: number;
  readonly passes: number;
}

export const forgetCommand: Command = {
  name: 'forget',
  arguments: 'IP|NETWORK|DOMAIN',
  about: 'take white or black back; without one, forget its standing, attempts and passes',
  least: 1,
  most: 1,
  run: async ({ location, words: [text = ''], json }) => {
    const subject = needSubject(text);
    const forgotten = itemOf<Forgotten>(await askDaemon(location, `forget ${subject.text}`));
    return { text: json ? `${JSON.stringify(forgotten)}\n` : describe(forgotten, subject), exitCode: 0 };
  },
};

/** `ddgrey tuples DOMAIN` shows more. */
const DOMAIN_NOTE =
  'a domain means the clients whose verified name is in it; what tuples shows of senders and recipients there is forgotten by client\n';

function describe({ entries, standings, tuples, passes }: Forgotten, subject: Subject): string {
  const parts = [
    counted(entries, 'entry by hand', 'entries by hand'),
    counted(standings, 'standing', 'standings'),
    counted(tuples, 'attempt', 'attempts'),
    counted(passes, 'pass', 'passes'),
  ].filter((text) => text !== '');
  if (parts.length > 0) return `forgotten: ${parts.join(', ')}\n`;
  return subject.kind === 'domain' ? `nothing was known of it\n${DOMAIN_NOTE}` : 'nothing was known of it\n';
}

function counted(count: number, one: string, many: string): string {
  if (count === 0) return '';
  return `${count} ${count === 1 ? one : many}`;
}
