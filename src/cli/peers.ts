// ddgrey peers: the servers that reports are exchanged with, and how that goes.
import type { PeerState } from '../peers/sync-protocol.ts';
import { askDaemon } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { formatTable, formatTime } from './render.ts';
import { fitTable } from './screen.ts';

const HEADING = ['peer', 'name', 'reports', 'state', 'since', 'count', 'behind', 'last error'];

export const peersCommand: Command = {
  name: 'peers',
  arguments: '',
  about: 'the servers that reports come from and go to',
  least: 0,
  most: 0,
  run: async ({ location, json, screen }) => {
    const { document } = await askDaemon(location, 'peers');
    if (json) return { text: `[${document.join(',\n')}]\n`, exitCode: 0 };
    const rows = document.map((line) => row(JSON.parse(line) as PeerState));
    return { text: fitTable(formatTable(HEADING, rows), screen), exitCode: 0 };
  },
};

function row({ peer, name, direction, state, since, reports, behind, lastError }: PeerState): readonly string[] {
  const counts = [String(reports), behind === undefined ? '-' : String(behind)];
  return [peer, name, direction, state, formatTime(since), ...counts, lastError ?? ''];
}
