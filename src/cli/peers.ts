// ddgrey peers: the servers that reports are exchanged with, and how that goes.
import type { PeerState } from '../peers/sync-protocol.ts';
import { askDaemon, itemsOf } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { formatJson, formatTable, formatTime } from './render.ts';
import { fitTable } from './screen.ts';

const HEADING = ['peer', 'name', 'reports', 'state', 'since', 'count', 'behind', 'last error'];

export const peersCommand: Command = {
  name: 'peers',
  arguments: '',
  about: 'the servers that reports come from and go to',
  least: 0,
  most: 0,
  run: async ({ location, json, screen }) => {
    const peers = itemsOf<PeerState>(await askDaemon(location, 'peers'));
    if (json) return { text: formatJson(peers), exitCode: 0 };
    return { text: fitTable(formatTable(HEADING, peers.map(row)), screen), exitCode: 0 };
  },
};

function row({ peer, name, direction, state, since, reports, behind, lastError }: PeerState): readonly string[] {
  const counts = [String(reports), behind === undefined ? '-' : String(behind)];
  return [peer, name, direction, state, formatTime(since), ...counts, lastError ?? ''];
}
