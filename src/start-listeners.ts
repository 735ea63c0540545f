// The sockets that the daemon serves, each with its protocol.
import { type ListenerInForce, listenersOf } from './config/listeners.ts';
import type { Resolver } from './dns/resolver.ts';
import { type AcceptReport, acceptInBackground } from './engine/accept-report.ts';
import type { AnswerCheck } from './engine/answer-check.ts';
import type { Explanation } from './policy/explanation.ts';
import { lookUpHostNames } from './engine/host-names.ts';
import type { ManualList } from './engine/manual-list.ts';
import type { Overview } from './engine/overview.ts';
import type { Standings } from './engine/standings.ts';
import type { InForce } from './in-force.ts';
import { type Clock, seconds } from './lib/clock.ts';
import type { Counters } from './lib/counters.ts';
import type { LineLimits } from './lib/line-protocol.ts';
import { startLineServer } from './lib/line-server.ts';
import type { Log } from './lib/log.ts';
import type { Identity } from './lib/privileges.ts';
import { createShortIds } from './lib/short-ids.ts';
import { collide, formatSocketAddress } from './lib/socket-address.ts';
import { startOnEach } from './lib/start-on-each.ts';
import { watchDescriptors } from './lib/watch-descriptors.ts';
import { type GreydParts, greydProtocol } from './mta/greyd.ts';
import { greydAccess } from './mta/greyd-access.ts';
import { downloadLines, type EntryLifetimes, startUpload } from './mta/greyd-tables.ts';
import { greylistMilter } from './mta/greylist-milter.ts';
import { greylistProtocol } from './mta/greylist-socket.ts';
import { startMilterServer } from './mta/milter-server.ts';
import { policyProtocol } from './mta/postfix-policy.ts';
import { peerProtocol, type SyncParts, syncProtocol } from './peers/sync-server.ts';
import { accessRight, namesMatter } from './policy/access-right.ts';
import type { Check } from './policy/check.ts';
import { replyText } from './policy/reply.ts';
import type { Verdict } from './policy/verdict.ts';
import { milterSettings, serverName } from './settings.ts';
import type { Peers } from './start-peers.ts';
import type { Store } from './store/store.ts';

export interface ListenersStart {
  readonly answerCheck: AnswerCheck;
  readonly explain: (check: Check) => Promise<Explanation>;
  readonly admit: (check: Check) => Promise<void>;
  readonly overview: Overview;
  readonly manual: ManualList;
  readonly standings: Standings;
  readonly acceptReport: AcceptReport;
  /** Told of recipients for which there is no check, since the mail server refuses them itself. */
  readonly onRefused: (check: Check) => void;
  /** What is exchanged with other servers. */
  readonly exchange: Pick<Peers, 'access' | 'tls' | 'peers' | 'acceptPeerReport' | 'share'> &
    Pick<SyncParts, 'reports' | 'news'>;
  readonly store: Store;
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
  readonly inForce: InForce;
  /** Why the policy file is not in force as it is now; undefined: it is, or there is none. */
  readonly policyProblem: () => Promise<string | undefined>;
  readonly commands: Pick<GreydParts, 'reload' | 'stop'>;
  readonly directory: string;
  /** Whom the daemon becomes. */
  readonly identity: Identity | undefined;
}

/** Seconds beyond answer_deadline that a check in hand has when the daemon stops: its answer must still go out. */
const ANSWER_GOES_OUT = 1;
/** Limits other than the usual ones: an administrator may look at a listing for long before the rest of it is read. */
const LIMITS: { readonly [P in ListenerInForce['protocol']]?: Partial<LineLimits> } = { sync: { idle: 3600 } };

/** Opens all sockets. Throws, in words for an administrator, if one can't be opened. */
export async function startListeners(start: ListenersStart): Promise<AsyncDisposable> {
  const { log, counters, inForce } = start;
  await using parts = new AsyncDisposableStack();
  const watch = parts.use(watchDescriptors(start));
  const servers: AsyncDisposable[] = [];
  const serve = protocolsOf(start);
  const { uid, gid } = start.identity ?? {};
  const closeWithin = (): number => inForce.config.answer_deadline + ANSWER_GOES_OUT;
  const listeners = listenersOf(inForce.config, start.directory);
  for (const listener of listeners) {
    const { protocol, ...where } = listener;
    // Bound by root, but the daemon's user is the one who may use them.
    const socket = { ...where, uid, gid: where.gid ?? gid, log, counters, closeWithin };
    const started = await startOnEach(where.address, {
      start: (address) =>
        protocol === 'milter'
          ? startMilterServer({ ...socket, address, filter: serve.milter })
          : startLineServer({ ...socket, address, protocol: serve[protocol], limits: LIMITS[protocol] ?? {} }),
      // A line of its own for one address of a name: it may have another protocol.
      isTaken: (address) => listeners.some((other) => other !== listener && collide(other.address, address)),
      onSkipped: (address, cause) =>
        log.event(0, 'not listening', { via: protocol, address: formatSocketAddress(address), cause }),
    });
    for (const server of started) servers.push(parts.use(server));
  }
  parts.move();
  return {
    [Symbol.asyncDispose]: async () => {
      watch[Symbol.dispose]();
      // Together: one after the other, each would take its time for what it has in hand.
      await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

function protocolsOf(start: ListenersStart) {
  const { log, store, inForce, commands } = start;
  const asks = { ...start, nextId: createShortIds(), name: () => serverName(inForce.config) };
  const { access, tls, ...exchange } = start.exchange;
  const lifetimes = (): EntryLifetimes => inForce.maintenance.lifetimes;
  const words = (check: Check, verdict: Verdict): string => replyText(inForce.config.GREY_REPLY, check, verdict);
  return {
    greylist: greylistProtocol(asks),
    policy: policyProtocol({ ...asks, replyText: words }),
    peer: peerProtocol({ ...asks, ...exchange }, access, tls),
    sync: syncProtocol({
      ...asks,
      ...exchange,
      isTrusted: (client) => inForce.check.rules.isTrusted(client),
      goesBy: async () => ({ ...inForce.goesBy, policyProblem: await start.policyProblem() }),
      exportLines: (table, after) => downloadLines(store, table, after),
      startImport: (table) => startUpload(store, table, seconds(start.clock), lifetimes()),
    }),
    greyd: greydProtocol({
      ...asks,
      ...commands,
      tables: store,
      lifetimes,
      access: greydAccess({
        rightOf: (client, names) => accessRight(inForce.policy, client, names),
        namesMatter: (client) => namesMatter(inForce.policy, client),
        lookUpNames: (client) =>
          lookUpHostNames({ resolver: start.resolver, deadline: () => inForce.config.dns_timeout }, client),
      }),
    }),
    milter: greylistMilter({
      ...asks,
      settings: () => milterSettings(inForce.config),
      reply: (check, verdict) => ({
        code: verdict.kind === 'grey' ? inForce.config.GREY_REPLY.code : '550',
        text: words(check, verdict),
      }),
      // At most once a minute for each pattern, since it is left out for so long.
      onSlowPattern: (header) => {
        start.counters.add('milter milter_spam_header too slow');
        log.event(0, 'milter_spam_header too slow', { via: 'milter', header });
      },
      accept: acceptInBackground(start.acceptReport, log),
    }),
  };
}
