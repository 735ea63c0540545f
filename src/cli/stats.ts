// ddgrey stats: what the daemon counted since its start.
import { inWords } from '../policy/reply.ts';
import type { Statistics } from '../policy/statistics.ts';
import { askDaemon, itemOf } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { formatTable } from './render.ts';

export const statsCommand: Command = {
  name: 'stats',
  arguments: '',
  about: 'verdicts and reasons since the start, and how much is remembered',
  least: 0,
  most: 0,
  run: async ({ location, json }) => {
    const statistics = itemOf<Statistics>(await askDaemon(location, 'stats'));
    return { text: json ? `${JSON.stringify(statistics)}\n` : describe(statistics), exitCode: 0 };
  },
};

function describe({ version, uptime, tuples, counters }: Statistics): string {
  const rows = [['tuples pending', tuples.pending], ['tuples valid', tuples.valid], ...Object.entries(counters)].map(
    ([name, count]) => [String(name), String(count)],
  );
  return `ddgreyd ${version}, running for ${inWords(uptime)}\n${formatTable(['what', 'count'], rows)}`;
}
