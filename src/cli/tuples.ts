// ddgrey tuples [TEXT]: what is remembered.
import type { StoredTuple } from '../policy/greylist.ts';
import { askDaemon, quoteArgument } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { formatTable, formatTime } from './render.ts';
import { fitTable } from './screen.ts';

export const tuplesCommand: Command = {
  name: 'tuples',
  arguments: '[IP|NETWORK|DOMAIN|ADDRESS]',
  about: 'list the attempts that are remembered, the newest first',
  least: 0,
  most: 1,
  run: async ({ location, words, json, screen }) => {
    const { document } = await askDaemon(location, ['tuples', ...words.map(quoteArgument)].join(' '));
    if (json) return { text: `[${document.join(',\n')}]\n`, exitCode: 0 };
    const tuples = document.map((line) => JSON.parse(line) as StoredTuple);
    const headings = ['state', 'since', 'last used', 'client', 'sender', 'recipient'];
    return { text: fitTable(formatTable(headings, tuples.map(row)), screen), exitCode: 0 };
  },
};

function row({ state, firstSeen, lastSeen, tuple }: StoredTuple): readonly string[] {
  const any = (part: string): string => (part === '' ? '*' : part);
  return [
    state,
    formatTime(firstSeen),
    formatTime(lastSeen),
    any(tuple.client),
    any(tuple.sender),
    any(tuple.recipient),
  ];
}
