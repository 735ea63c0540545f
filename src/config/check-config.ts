// Values that are right by themselves but not together, or out of the range that makes sense.
import { isDeepStrictEqual } from 'node:util';
import { listed } from '../lib/listed.ts';
import {
  absoluteAddress,
  collide,
  formatSocketAddress,
  parseSocketAddress,
  type SocketAddress,
} from '../lib/socket-address.ts';
import { EVENTS } from '../policy/report.ts';
import { ENTRY_EVENTS } from '../policy/shared-entry.ts';
import { misfitDelay } from '../policy/window.ts';
import { type Conflict, problemsAt, type SetLines } from './conflict.ts';
import { delaysInUse } from './delay-options.ts';
import { peerHosts, trustedHosts } from './host-types.ts';
import { forgottenReports, idleOptions, shortLifetimes } from './idle-options.ts';
import { LISTENER_OPTIONS } from './listener-options.ts';
import type { Listener } from './listener-type.ts';
import { allListeners } from './listeners.ts';
import { listsOf } from './lists-of.ts';
import type { Problem } from './option-lines.ts';
import { duration } from './option-types.ts';
import type { Config, OptionName } from './options.ts';

/** Protocols on whose unix sockets whoever may write there may do everything. */
const ALL_RIGHTS: ReadonlySet<string> = new Set(['sync', 'greyd']);
const OTHERS_WRITE = 0o002;

const RULES: readonly ((config: Config, set: SetLines) => readonly Conflict[])[] = [
  delays,
  falling,
  misfitDelays,
  bounceDelay,
  (config, set) => sharedAddress(config, set),
  openToAll,
  trustsAll,
  lists,
  ownLists,
  lookupTime,
  sources,
  encryption,
  events,
  idleOptions,
  shortLifetimes,
  forgottenReports,
];

/**
 * The problems, each at a line that set one of the options it is about, or at none if all are at their default. Options of
 * which a line was wrong are left out: what they will be is not known. `set` has the lines that set something.
 */
export function checkConfig(config: Config, set: SetLines, wrong: ReadonlySet<OptionName>): readonly Problem[] {
  const conflicts = RULES.flatMap((rule) => rule(config, set));
  return problemsAt(
    conflicts.filter(({ options }) => !options.some((name) => wrong.has(name))),
    set,
  );
}

function delays(config: Config, set: SetLines): readonly Conflict[] {
  const tooLong = delaysInUse(config).filter((name) => config[name] >= config.retry);
  if (tooLong.length === 0) return [];
  const followed = !set.has('retry') && set.has('search_duration');
  const window = `${duration.write(config.retry)}${followed ? ', as search_duration: no line sets it' : ''}`;
  const message = `${listed(tooLong)} must be shorter than retry (${window}), or no retry could ever pass`;
  return [{ options: [...tooLong, 'retry'], message }];
}

/** Delays, as far as they are set, of which a better standing has the longer one: that works, but is hardly meant. */
function falling(config: Config, set: SetLines): readonly Conflict[] {
  const named = delaysInUse(config).filter((name) => set.has(name));
  return named.slice(1).flatMap((name, index): readonly Conflict[] => {
    const shorter = named[index] ?? name;
    if (config[shorter] <= config[name]) return [];
    const said = (option: typeof name): string => `${option} (${duration.write(config[option])})`;
    const message = `${said(shorter)} is longer than ${said(name)}: clients with a better standing wait longer`;
    return [{ options: [shorter, name], message, warning: true }];
  });
}

function misfitDelays(config: Config): readonly Conflict[] {
  if (!config.GREY_COMPAT_DOMAIN_CHECK) return [];
  const tooLong = delaysInUse(config).filter((name) => {
    return config[name] < config.retry && misfitDelay(config[name]) >= config.retry;
  });
  if (tooLong.length === 0) return [];
  const message = `with GREY_COMPAT_DOMAIN_CHECK twice ${listed(tooLong)}, and at least 15m, must be shorter than retry, or no retry of a sender that does not fit its client could ever pass`;
  return [{ options: [...tooLong, 'GREY_COMPAT_DOMAIN_CHECK', 'retry'], message }];
}

function bounceDelay(config: Config): readonly Conflict[] {
  if (config.GREY_MIN_DELAY_NULLSENDER < config.GREY_MAX_DELAY_NULLSENDER) return [];
  return [
    {
      options: ['GREY_MIN_DELAY_NULLSENDER', 'GREY_MAX_DELAY_NULLSENDER'],
      message: 'GREY_MIN_DELAY_NULLSENDER must be shorter than GREY_MAX_DELAY_NULLSENDER, or no bounce could ever pass',
    },
  ];
}

/**
 * Two sockets of which only one could be opened. Without the directory, as somebody reads it who may not be the daemon,
 * relative paths are only compared with each other, and the port of other servers counts only where a line names it.
 */
export function sharedAddress(config: Config, set: SetLines, directory?: string): readonly Conflict[] {
  const place = (address: SocketAddress): SocketAddress =>
    directory === undefined ? address : absoluteAddress(address, directory);
  const listeners = directory === undefined && config.port === 0 ? config.listen : allListeners(config);
  for (const [index, later] of listeners.entries()) {
    const before = listeners.slice(0, index);
    const earlier = before.find(({ address }) => collide(place(address), place(later.address)));
    if (earlier === undefined) continue;
    const word = writtenAs(later.address, set) ?? writtenAs(earlier.address, set);
    return [{ options: ['listen'], ...(word === undefined ? {} : { word }), message: collision(earlier, later) }];
  }
  return [];
}

function collision(earlier: Listener, later: Listener): string {
  const { protocol, address } = later;
  const [one, other] = [formatSocketAddress(earlier.address), formatSocketAddress(address)];
  // A socket that no line names comes behind those of lines.
  if (LISTENER_OPTIONS.listen.default.includes(later))
    return `listen: ${one} is the address of ${protocol}, which no line gives another; choose another for one of them`;
  if (address.kind === 'unix' || one === other) {
    const same = one === other ? one : `${one} and ${other}`;
    return `listen: two lines with the same address, ${same}; choose another for one of them`;
  }
  if (address.host === '')
    return `listen: ${one} is on the port to which other servers connect; choose another, or give them one with "port"`;
  return `listen: ${one} and ${other} take the same port; choose another for one of them`;
}

/** The word of a line that spells the address. */
export function writtenAs(address: SocketAddress, set: SetLines): string | undefined {
  const words = (set.get('listen') ?? []).flatMap((line) => line.words);
  return words.findLast((written) => isDeepStrictEqual(parseSocketAddress(written), address));
}

/** Sockets on which whoever connects may do everything, and that are open to many. */
function openToAll({ listen }: Config, set: SetLines): readonly Conflict[] {
  const open = listen.filter(({ protocol, address, mode = 0 }) =>
    address.kind === 'tcp' ? protocol === 'sync' : ALL_RIGHTS.has(protocol) && (mode & OTHERS_WRITE) !== 0,
  );
  return open.map(({ protocol, address }): Conflict => {
    const text = formatSocketAddress(address);
    const word = writtenAs(address, set) ?? text;
    const message = `listen ${protocol} ${text}: whoever can connect there may do everything; a unix socket with mode=0660 and group=NAME is for few`;
    return { options: ['listen'], word, message, warning: true };
  });
}

/** Networks that hold every client: that works, but none of them is greylisted. */
function trustsAll({ trusted }: Config): readonly Conflict[] {
  return trusted.flatMap((host): readonly Conflict[] => {
    if (host.kind !== 'network' || host.network.bits > 0) return [];
    const word = trustedHosts.write([host]);
    const message = `trusted ${word} holds every IPv${host.network.family} client: none is greylisted`;
    return [{ options: ['trusted'], word, message, warning: true }];
  });
}

function lists(config: Config): readonly Conflict[] {
  const { errors, warnings } = listsOf(config);
  const unknown = errors.map(
    ({ option, name, message }): Conflict => ({
      options: [option, 'rbl_zone'],
      word: name,
      message: `${option}: ${message}`,
    }),
  );
  return [
    ...unknown,
    ...warnings.map((message): Conflict => ({ options: ['rbls', 'rbl_zone'], message, warning: true })),
  ];
}

/** Two zones by one name: the second would never be asked. */
function ownLists({ rbl_zone: zones }: Config): readonly Conflict[] {
  return repeated(zones.map(({ name }) => name)).map((word) => ({
    options: ['rbl_zone'],
    word,
    message: `rbl_zone: two lines with the name ${word}; a list has one zone`,
  }));
}

/** A check that may wait for the DNS for longer than it may take: that works as long as the DNS answers quickly. */
function lookupTime({
  dns_timeout: lookups,
  answer_deadline: deadline,
  on_failure: answer,
}: Config): readonly Conflict[] {
  if (lookups < deadline) return [];
  const message = `dns_timeout (${duration.write(lookups)}) is no shorter than answer_deadline (${duration.write(deadline)}): while the DNS is slow, new clients are answered ${answer} by on_failure`;
  return [{ options: ['dns_timeout', 'answer_deadline'], message, warning: true }];
}

/** Servers that are named twice: that works, but all that they tell comes twice. */
function sources({ peer, server_read: others }: Config): readonly Conflict[] {
  return repeated([...peer, ...others].map((host) => peerHosts.write([host]))).map((text) => ({
    options: ['peer', 'server_read'],
    word: text.replace(/ .*/, ''),
    message: `${text} is named twice, and read from twice`,
    warning: true,
  }));
}

/** The texts that have come before, in any case of letters. */
function repeated(texts: readonly string[]): readonly string[] {
  const lower = texts.map((text) => text.toLowerCase());
  return [...new Set(lower.filter((text, at) => lower.indexOf(text) < at))];
}

function encryption({ peer_tls: mode, ...config }: Config): readonly Conflict[] {
  if (mode === 'none') return [];
  // A problem for each option: a line that is wrong hides only what would be said of its own one.
  return (['peer_certificate', 'peer_key', 'peer_ca'] as const)
    .filter((name) => config[name].length === 0)
    .map((name) => ({ options: ['peer_tls', name], message: `peer_tls ${mode} needs ${name} too` }));
}

/** Events that ddgrey does not know: only a warning, since other servers may have events of their own. */
function events({ peer_events: limits }: Config): readonly Conflict[] {
  const known: readonly string[] = [...EVENTS, ...ENTRY_EVENTS];
  const unknown = new Set(limits.flatMap((limit) => limit.events).filter((event) => !known.includes(event)));
  return [...unknown].map((word) => ({
    options: ['peer_events'],
    word,
    message: `peer_events: ${word} is no event of ddgrey's own, which are ${listed(known)}`,
    warning: true,
  }));
}
