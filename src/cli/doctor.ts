// ddgrey doctor: looks at everything that mail depends on, and says in plain words what is wrong and how to mend it.
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isPeering, listenersOf } from '../config/listeners.ts';
import { loadConfig, type LoadedConfig } from '../config/load-config.ts';
import type { Location } from '../config/locate-config.ts';
import { seconds, systemClock } from '../lib/clock.ts';
import { groupsOf, userId } from '../lib/system-users.ts';
import type { Verdict } from '../policy/verdict.ts';
import { askDaemon, itemOf } from './ask-daemon.ts';
import type { Command } from './command.ts';
import { configFindings } from './config-findings.ts';
import { attemptFindings, clockFindings, listFindings, type LookupFacts, lookupFindings } from './daemon-findings.ts';
import { type Finding, formatFindings } from './doctor-finding.ts';
import { type MtaFile, mtaFindings } from './mta-findings.ts';
import { type MailUser, type PathStep, type SocketFacts, socketFindings } from './socket-findings.ts';

export const doctorCommand: Command = {
  name: 'doctor',
  arguments: '',
  about: 'look at everything that mail depends on, and say what is wrong and how to mend it',
  least: 0,
  most: 0,
  tellsMistakes: true,
  run: async ({ location, json }) => {
    const findings = await examine(location);
    const text = json ? `${JSON.stringify(findings, undefined, 2)}\n` : formatFindings(findings);
    return { text, exitCode: findings.some(({ state }) => state === 'bad') ? 1 : 0 };
  },
};

async function examine(location: Location): Promise<readonly Finding[]> {
  const loaded = load(location.configFile);
  if (!('config' in loaded)) return [...loaded, ...mtaFiles().flatMap(mtaFindings)];
  const { config, warnings } = loaded;
  const users = mailUsers();
  return [
    ...configFindings(config, warnings, location.configFile),
    ...(await askTheDaemon(location, loaded)),
    ...sockets(loaded, location).flatMap((socket) => socketFindings(socket, users)),
    ...mtaFiles().flatMap(mtaFindings),
  ];
}

function load(file: string): LoadedConfig | readonly Finding[] {
  try {
    return loadConfig(file);
  } catch (error) {
    return messageOf(error)
      .split('\n')
      .map((text) => ({ state: 'bad', about: 'configuration', text }) as const);
  }
}

/** Reserved for documentation (RFC 5737, RFC 2606): nobody's mail comes from there, or goes there. */
const CLIENT = '192.0.2.213';
const ATTEMPT = `${CLIENT} doctor@sender.invalid doctor@recipient.invalid`;

async function askTheDaemon(location: Location, { config }: LoadedConfig): Promise<readonly Finding[]> {
  try {
    const { version, counters } = itemOf<Stats>(await askDaemon(location, 'stats'));
    const { now, lookups } = itemOf<Explained>(await askDaemon(location, `explain ${ATTEMPT}`));
    return [
      { state: 'good', about: 'daemon', text: `ddgreyd ${version} answers` },
      ...clockFindings(now, seconds(systemClock)),
      ...lookupFindings(lookups),
      ...listFindings(counters),
      ...(isPeering(config) ? [NOT_PLAYED] : await playAttempt(location)),
    ];
  } catch (error) {
    return [{ state: 'bad', about: 'daemon', text: messageOf(error), mend: 'start it: systemctl start ddgrey' }];
  }
}

/** Of engine/overview.ts. */
interface Stats {
  readonly version: string;
  readonly counters: { readonly [name: string]: number };
}

/** Of engine/explain.ts. */
interface Explained {
  readonly now: number;
  readonly lookups: readonly LookupFacts[];
}

const NOT_PLAYED: Finding = {
  state: 'good',
  about: 'a first attempt, and a retry at once',
  text: 'not played, since other servers would hear of it',
};

/** What it leaves is forgotten again. */
async function playAttempt(location: Location): Promise<readonly Finding[]> {
  try {
    const first = itemOf<Verdict>(await askDaemon(location, `verdict ${ATTEMPT}`));
    const second = itemOf<Verdict>(await askDaemon(location, `verdict ${ATTEMPT}`));
    return attemptFindings(first, second);
  } finally {
    await askDaemon(location, `forget ${CLIENT}`);
  }
}

/** The unix sockets on which mail servers ask. */
function sockets({ config }: LoadedConfig, { directory }: Location): readonly SocketFacts[] {
  return listenersOf(config, directory).flatMap(({ protocol, address }) =>
    address.kind === 'unix' && (protocol === 'greylist' || protocol === 'policy' || protocol === 'milter')
      ? [{ protocol, path: address.path, steps: stepsTo(address.path) }]
      : [],
  );
}

function stepsTo(path: string): readonly PathStep[] | undefined {
  const paths = [path];
  for (let above = dirname(path); above !== paths[0]; above = dirname(above)) paths.unshift(above);
  try {
    return paths.map((step) => {
      const { mode, uid, gid } = statSync(step);
      return { path: step, mode, uid, gid };
    });
  } catch {
    return undefined;
  }
}

/** Whom mail servers run as, in Debian's words and others'. */
const MAIL_USERS = ['Debian-exim', 'exim', 'postfix', 'smmsp'];

function mailUsers(): readonly MailUser[] {
  return MAIL_USERS.flatMap((name) => {
    try {
      return [{ name, uid: userId(name), gids: groupsOf(name) }];
    } catch {
      return [];
    }
  });
}

/** Where distributions keep them; the first that can be read of each counts. */
const MTA_FILES: readonly (readonly [mta: MtaFile['mta'], ...paths: string[]])[] = [
  ['Exim', '/var/lib/exim4/config.autogenerated', '/etc/exim4/exim4.conf', '/etc/exim/exim.conf'],
  ['Postfix', '/etc/postfix/main.cf'],
  ['Sendmail', '/etc/mail/sendmail.mc', '/etc/mail/sendmail.cf'],
];

function mtaFiles(): readonly MtaFile[] {
  return MTA_FILES.flatMap(([mta, ...paths]) => {
    for (const path of paths) {
      try {
        return [{ mta, path, text: readFileSync(path, 'utf8') }];
      } catch {
        // Not this one: not installed, or not ours to read.
      }
    }
    return [];
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
