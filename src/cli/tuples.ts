// ddgrey tuples [IP|NETWORK|DOMAIN|ADDRESS]: what is remembered.
import type { StoredTuple } from '../policy/greylist.ts';
import { askForList, quoteArgument } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { formatJson, formatTable, formatTime } from './render.ts';
import { fitTable } from './screen.ts';
import { subjectOrMailbox } from './subject-argument.ts';

export const tuplesCommand: Command = {
  name: 'tuples',
  arguments: '[IP|NETWORK|DOMAIN|ADDRESS]',
  about: 'list the attempts that are remembered, the newest first',
  least: 0,
  most: 1,
  run: async ({ location, words, json, screen }) => {
    const question = ['tuples', ...words.map(subjectOrMailbox).map(quoteArgument)].join(' ');
    const { items, note } = await askForList<StoredTuple>(location, question);
    if (json) return { text: formatJson(items), exitCode: 0, note };
    const headings = ['state', 'since', 'last used', 'client', 'sender', 'recipient'];
    return { text: fitTable(formatTable(headings, items.map(row)), screen), exitCode: 0, note };
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
