// ddgrey forget SUBJECT: takes an entry made by hand back; without one, all that is remembered of an address, network or
// domain goes.
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
    const forgotten = itemOf<Forgotten>(await askDaemon(location, `forget ${needSubject(text).text}`));
    return { text: json ? `${JSON.stringify(forgotten)}\n` : describe(forgotten), exitCode: 0 };
  },
};

function describe({ entries, standings, tuples, passes }: Forgotten): string {
  const parts = [
    counted(entries, 'entry by hand', 'entries by hand'),
    counted(standings, 'standing', 'standings'),
    counted(tuples, 'attempt', 'attempts'),
    counted(passes, 'pass', 'passes'),
  ].filter((text) => text !== '');
  return parts.length === 0 ? 'nothing was known of it\n' : `forgotten: ${parts.join(', ')}\n`;
}

function counted(count: number, one: string, many: string): string {
  if (count === 0) return '';
  return `${count} ${count === 1 ? one : many}`;
}
