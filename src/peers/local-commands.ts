// The verbs for the command line and ddgrey-report. What they answer is a document, in JSON, one item a line:
//   verdict IP FROM TO [KEY=VALUE...]   a check like an MTA's, and its id; keys: name, helo
//   explain IP FROM TO [KEY=VALUE...]   why that would be answered as it would
//   tuples [TEXT]                       what is remembered, of an address, network or domain
//   standings [TEXT [KIND...]]          likewise; KIND: white, grey, black; without TEXT, or an empty one, of all clients
//   reports [TEXT [oldest]]             likewise, the newest first; or the oldest
//   standing IP                         its standing, computed if there is none
//   renew IP                            its standing, computed anew
//   remove TEXT                         removes standings; how many
//   stats                               the statistics
//   config                              by what values and which policy file the daemon goes
//   peers                               the state of all peers
//   accepted IP MTA_ID                  whether that mail was accepted
// and what local-entries.ts and local-tables.ts have.
import type { AnswerCheck } from '../engine/answer-check.ts';
import type { Explanation } from '../policy/explanation.ts';
import type { Overview } from '../engine/overview.ts';
import type { Standings } from '../engine/standings.ts';
import { knownFields } from '../lib/known-fields.ts';
import { type Check, parseMailbox } from '../policy/check.ts';
import { STANDING_KINDS } from '../policy/standing.ts';
import { item, needAddress, needSubject } from './local-arguments.ts';
import { ENTRY_COMMANDS, type EntryParts } from './local-entries.ts';
import { TABLE_COMMANDS, type TableParts } from './local-tables.ts';
import type { PeerList } from './peer-list.ts';
import type { GoesBy } from './sync-protocol.ts';
import { listDocument, piecesDocument, type Verb, type Verbs } from './sync-verb.ts';

export interface LocalParts extends EntryParts, TableParts {
  readonly answerCheck: AnswerCheck;
  readonly nextId: () => string;
  readonly explain: (check: Check) => Promise<Explanation>;
  readonly overview: Overview;
  readonly goesBy: () => Promise<GoesBy>;
  readonly peers: Pick<PeerList, 'states'>;
  readonly standings: Pick<Standings, 'of' | 'renew' | 'remove'>;
}

const verdict: Verb<LocalParts> = async ({ answerCheck, nextId }, words) => {
  const check = checkFrom(words, nextId());
  return item({ ...(await answerCheck(check)), id: check.id });
};

const explain: Verb<LocalParts> = async (parts, words) => item(await parts.explain(checkFrom(words, 'explain')));

const standings: Verb<LocalParts> = ({ overview }, [text, ...kinds]) => {
  const odd = kinds.find((kind) => !STANDING_KINDS.some((known) => known === kind));
  if (odd !== undefined) throw new Error(`${odd} is not ${STANDING_KINDS.join(', ')}`);
  const wanted = STANDING_KINDS.filter((kind) => kinds.length === 0 || kinds.includes(kind));
  return piecesDocument(overview.standings(text || undefined, wanted));
};

const reports: Verb<LocalParts> = ({ overview }, [text, order]) => {
  if (order !== undefined && order !== 'oldest') throw new Error(`${order} is not oldest`);
  return piecesDocument(overview.reports(text || undefined, order === 'oldest' ? 'oldest first' : 'newest first'));
};

const remove: Verb<LocalParts> = async ({ standings }, [text]) =>
  item({ standings: await standings.remove(needSubject(text).text) });

const accepted: Verb<LocalParts> = async ({ overview }, [ip, mtaId]) => {
  const client = needAddress(ip);
  if (mtaId === undefined) throw new Error('arguments missing');
  return item({ accepted: await overview.wasAccepted(client.text, mtaId) });
};

export const LOCAL_COMMANDS: Verbs<LocalParts> = new Map<string, Verb<LocalParts>>([
  ['verdict', verdict],
  ['explain', explain],
  ['tuples', ({ overview }, [text]) => listDocument(() => overview.tuples(text))],
  ['standings', standings],
  ['reports', reports],
  ['standing', async ({ standings }, [ip]) => item(await standings.of(needAddress(ip)))],
  ['renew', async ({ standings }, [ip]) => item(await standings.renew(needAddress(ip)))],
  ['remove', remove],
  ['stats', async ({ overview }) => item(await overview.statistics())],
  ['config', async ({ goesBy }) => item(await goesBy())],
  ['peers', ({ peers }) => listDocument(() => peers.states())],
  ['accepted', accepted],
  ...ENTRY_COMMANDS,
  ...TABLE_COMMANDS,
]);

function checkFrom([ip, sender, recipient, ...pairs]: readonly string[], id: string): Check {
  if (sender === undefined || recipient === undefined) throw new Error('arguments missing');
  const details = new Map(pairs.map((pair) => [pair.replace(/=.*$/s, ''), pair.replace(/^[^=]*=?/, '')]));
  const odd = [...details.keys()].find((key) => key !== 'name' && key !== 'helo');
  if (odd !== undefined) throw new Error(`${odd} is not known here; name=NAME and helo=NAME are`);
  return {
    id,
    client: needAddress(ip),
    sender: parseMailbox(sender),
    recipient: parseMailbox(recipient),
    via: 'sync',
    ...knownFields({ clientName: details.get('name') || undefined, helo: details.get('helo') || undefined }),
  };
}
