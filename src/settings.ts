// From the configuration's words to what each part needs to know.
import { hostname } from 'node:os';
import { delaysInUse } from './config/delay-options.ts';
import type { TrustedHost } from './config/host-types.ts';
import type { Config } from './config/options.ts';
import type { ResolverSettings } from './dns/system-resolver.ts';
import type { CheckSettings } from './engine/answer-check.ts';
import type { HostSettings } from './engine/host-set.ts';
import type { MaintenanceSettings } from './engine/maintain.ts';
import type { StandingSettings } from './engine/standings.ts';
import type { Trap } from './feeds/spamtraps.ts';
import type { MilterSettings } from './mta/greylist-milter.ts';
import { type Address, parseNetwork } from './policy/address.ts';
import type { Seconds } from './policy/check.ts';
import type { Rules } from './policy/decide.ts';
import { LONGEST_SHORT, shortLifetime } from './policy/dewhite.ts';
import { REMEMBERED } from './policy/remembered-facts.ts';
import type { Policy } from './policy/rules.ts';
import { misfitDelay } from './policy/window.ts';
import type { Lifetimes } from './store/store.ts';

type IsTrusted = (client: Address) => boolean;

/** What checks go by. */
export function checkSettings(config: Config, policy: Policy, isTrusted: IsTrusted): CheckSettings {
  return { deadline: config.answer_deadline, onFailure: config.on_failure, rules: rulesOf(config, policy, isTrusted) };
}

function rulesOf(config: Config, policy: Policy, isTrusted: IsTrusted): Rules {
  const flags = config.GREY_DEWHITE_FLAGS;
  return {
    greylisting: config.GREY_CHECK,
    isTrusted,
    policy,
    parts: {
      client: config.GREY_IP_COMPONENT,
      sender: config.GREY_FROM_COMPONENT,
      recipient: config.GREY_TO_COMPONENT,
    },
    delays: {
      grey_min: config.grey_min,
      grey_short: config.grey_short,
      grey_default: config.grey_default,
      grey_long: config.grey_long,
      grey_max: config.grey_max,
    },
    retry: config.retry,
    nullSender: { delay: config.GREY_MIN_DELAY_NULLSENDER, retry: config.GREY_MAX_DELAY_NULLSENDER },
    misfitsWait: config.GREY_COMPAT_DOMAIN_CHECK,
    fitMatters: config.GREY_COMPAT_DOMAIN_CHECK || flags.has('DomainMatch'),
    dewhite: flags,
    validLifetime: config.GREY_VALIDLIST_LIFETIME,
    passLifetime: config.GREY_WHITELIST_LIFETIME,
    pendingLimit: { normal: config.GREY_PENDING_NORMAL, nullSender: config.GREY_PENDING_NULLSENDER },
  };
}

/** What maintenance goes by. */
export function maintenanceSettings(config: Config, policy: Policy): MaintenanceSettings {
  return {
    interval: config.GREY_CLEANUP_INTERVAL,
    lifetimes: lifetimesOf(config),
    equivalents: policy.equivalents,
    dewhite: { flags: config.GREY_DEWHITE_FLAGS, threshold: config.GREY_DEWHITE_THRESHOLD },
    searchDuration: config.search_duration,
  };
}

/** How long what is remembered is kept. */
export function lifetimesOf(config: Config): Lifetimes {
  return {
    pending: config.retry,
    // Twice the longest delay must fit in, or a retry could find its entry gone.
    pendingShort: Math.max(
      shortLifetime(config.retry, LONGEST_SHORT.pending),
      Math.min(config.retry, 2 * longestDelay(config)),
    ),
    pendingNullSender: config.GREY_MAX_DELAY_NULLSENDER,
    valid: config.GREY_VALIDLIST_LIFETIME,
    validShort: shortLifetime(config.GREY_VALIDLIST_LIFETIME, LONGEST_SHORT.valid),
    pass: config.GREY_WHITELIST_LIFETIME,
    report: config.search_duration,
    plainStanding: Math.min(config.search_duration, REMEMBERED),
    checkReport: config.retry,
  };
}

function longestDelay(config: Config): Seconds {
  const longest = Math.max(...delaysInUse(config).map((name) => config[name]));
  return config.GREY_COMPAT_DOMAIN_CHECK ? misfitDelay(longest) : longest;
}

/** What standings are computed by. */
export function standingSettings(config: Config): StandingSettings {
  return {
    times: { duration: config.policy_duration, blacklist: config.blacklist },
    searchDuration: config.search_duration,
    lookupDeadline: config.dns_timeout,
  };
}

/** Who is trusted. */
export function trustedSettings({ trusted }: Config): HostSettings {
  return hostSettings(trusted);
}

/** Who may read reports over the network. */
export function readerSettings({ accept, accept_reader: readers, peer }: Config): HostSettings {
  return hostSettings([...accept, ...readers, ...peer.map(({ host }) => hostOf(host))]);
}

/** Who may hand in reports over the network. */
export function writerSettings({ accept, accept_writer: writers }: Config): HostSettings {
  return hostSettings([...accept, ...writers]);
}

function hostOf(text: string): TrustedHost {
  const network = parseNetwork(text);
  return network === undefined ? { kind: 'name', name: text } : { kind: 'network', network };
}

/** Hosts as networks and names. */
export function hostSettings(hosts: readonly TrustedHost[]): HostSettings {
  return {
    networks: hosts.flatMap((host) => (host.kind === 'network' ? host.network.text : [])),
    names: hosts.flatMap((host) => (host.kind === 'name' ? host.name : [])),
  };
}

/** A question may take twice dns_timeout: a check waits for half of that, and what comes later completes the standing. */
const QUESTION_OUTLIVES_CHECK = 2;

/** Whom to ask in the DNS: what the configuration says, else what the machine is set up for. */
export function resolverSettings(
  { resolver, dns_timeout }: Config,
  ofSystem: () => ResolverSettings['servers'],
): ResolverSettings {
  const servers = resolver.length > 0 ? resolver : ofSystem();
  return { servers, timeout: QUESTION_OUTLIVES_CHECK * dns_timeout };
}

/** The spam traps that the configuration itself names. */
export function trapsOf({ hard_trap: hard, soft_trap: soft }: Config): readonly Trap[] {
  return [
    ...hard.map((target): Trap => ({ target, kind: 'hard' })),
    ...soft.map((target): Trap => ({ target, kind: 'soft' })),
  ];
}

/** What the milter goes by. */
export function milterSettings(config: Config): MilterSettings {
  const spamHeaders = config.milter_spam_header.map(({ name, pattern }) => ({ name: name.toLowerCase(), pattern }));
  return { host: serverName(config), header: config.milter_header, spamHeaders };
}

/** The name of this server in reports and headers. */
export function serverName({ name }: Config): string {
  return name === '' ? hostname() : name;
}
