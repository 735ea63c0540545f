// What Postfix's main.cf says about ddgrey: whether one of the servers that it asks is ours, and whether mail passes when
// that does not answer. Neither master.cf nor access tables are read.
import { join, resolve } from 'node:path';
import { formatSocketAddress, parseSocketAddress, type SocketAddress } from '../lib/socket-address.ts';
import type { Finding } from './doctor-finding.ts';
import { installed } from './installed.ts';
import { listensThere, type OwnSocket } from './listens-there.ts';

/** What is to be said about main.cf; `own`: the sockets of ddgrey. */
export function postfixFindings(about: string, text: string, own: readonly OwnSocket[]): readonly Finding[] {
  const settings = postfixSettings(text);
  const expanded = (name: string): string => expand(settings.get(name) ?? '', settings);
  const classes = expanded('smtpd_restriction_classes').split(/[\s,]+/);
  const restrictions = [...settings.keys()].filter((name) => /^smtpd_\w+_restrictions$/.test(name));
  const asked = {
    policy: [...restrictions, ...classes].map(expanded).flatMap(policyServers),
    milter: wordsOf(expanded('smtpd_milters')).map(serverOf),
  };
  const queue = expanded('queue_directory') || '/var/spool/postfix';
  const ours = (protocol: keyof typeof asked): readonly Server[] => {
    const sockets = own.filter((socket) => socket.protocol === protocol);
    return asked[protocol].filter(({ place }) => placesOf(place, queue).some((there) => listensThere(sockets, there)));
  };
  const [policies, milters] = [ours('policy'), ours('milter')];
  const findings = [
    ...policies.map((server) => policyFinding(about, server, expanded('smtpd_policy_service_default_action'))),
    ...milters.map(({ action = expanded('milter_default_action') }) => milterFinding(about, action)),
    ...(policies.length > 0 && milters.length > 0 ? [asksTwice(about)] : []),
  ];
  // One server may stand in several restrictions.
  const each = [...new Map(findings.map((finding) => [`${finding.text} ${finding.mend}`, finding])).values()];
  return each.length > 0 ? each : [asksOthers(about, [...asked.policy, ...asked.milter], own)];
}

/** A server that Postfix asks. */
interface Server {
  /** The address, as it is written. */
  readonly place: string;
  /** Its own default_action. */
  readonly action: string | undefined;
}

/** The items of a list of Postfix: words, or `{ ... }`. */
function wordsOf(list: string): readonly string[] {
  return list.match(/\{[^}]*\}|[^\s,]+/g) ?? [];
}

function policyServers(restrictions: string): readonly Server[] {
  const words = wordsOf(restrictions);
  return words.flatMap((word, at) => (words[at - 1] === 'check_policy_service' ? [serverOf(word)] : []));
}

/** The server that is written as `PLACE` or `{ PLACE, NAME=VALUE, ... }`. */
function serverOf(word: string): Server {
  const [place = ''] = /[^\s,{}]+/.exec(word) ?? [];
  return { place, action: /\bdefault_action\s*=\s*([^,}]*)/.exec(word)?.[1]?.trim() };
}

/** What a place can mean. A relative path starts at the queue; to a Postfix in a chroot any path does. */
function placesOf(place: string, queue: string): readonly SocketAddress[] {
  const [, path] = /^(?:unix|local):(.+)$/.exec(place) ?? [];
  if (path !== undefined)
    return [resolve(queue, path), join(queue, path)].map((there) => ({ kind: 'unix', path: there }));
  const address = parseSocketAddress(place.replace(/^inet:/, ''));
  return address === undefined ? [] : [address];
}

/** `usual`: the action for servers that have none of their own. */
function policyFinding(about: string, { action: own }: Server, usual: string): Finding {
  const action = own ?? usual;
  if (/^(?:dunno|ok|permit)\b/i.test(action))
    return { state: 'good', about, text: 'asks ddgrey as a policy server, and lets mail pass when it does not answer' };
  const mend =
    own === undefined
      ? 'smtpd_policy_service_default_action = DUNNO'
      : 'default_action=DUNNO in the braces behind check_policy_service';
  return { state: 'bad', about, text: `${whatBecomes(action)} while ddgrey does not answer`, mend };
}

function milterFinding(about: string, action: string): Finding {
  if (action === 'accept')
    return { state: 'good', about, text: 'asks ddgrey as a milter, and lets mail pass when it does not answer' };
  const mend = `default_action=accept in smtpd_milters, as in ${installed('conf/postfix-milter.cf')}`;
  return { state: 'bad', about, text: `${whatBecomes(action)} while ddgrey does not answer`, mend };
}

/** A bounce passes once only, and then waits again for the one that asks second. */
function asksTwice(about: string): Finding {
  const text = 'asks ddgrey twice, as a policy server and as a milter, so that no bounce ever passes';
  return { state: 'bad', about, text, mend: 'take ddgrey out of smtpd_milters, or its check_policy_service out' };
}

/** What a default action makes of mail: access(5), and milter_default_action in postconf(5). Without one, mail is deferred. */
function whatBecomes(action: string): string {
  if (/^(?:reject|5\d\d)\b/i.test(action)) return 'refuses all mail for good';
  if (/^(?:quarantine|hold)\b/i.test(action)) return 'keeps all mail in its hold queue';
  if (/^discard\b/i.test(action)) return 'throws all mail away';
  return 'defers all mail';
}

function asksOthers(about: string, asked: readonly Server[], own: readonly OwnSocket[]): Finding {
  const sockets = own.filter(({ protocol }) => protocol === 'policy' || protocol === 'milter');
  const listens = sockets.map(({ protocol, address }) => `${protocol} ${formatSocketAddress(address)}`).join(', ');
  const others = asked.length === 0 ? '' : `; it asks ${asked.map(({ place }) => place).join(', ')}`;
  const text = `does not ask ddgrey, which listens on ${listens || 'no socket for Postfix'}${others}`;
  const listen = sockets.length === 0 ? 'listen policy 127.0.0.1:10023 in ddgrey.conf; ' : '';
  return {
    state: 'note',
    about,
    text,
    mend: `${listen}${installed('docs/protocols/postfix.md')} says what to add, and where`,
  };
}

/**
 * The settings of main.cf, postconf(5): `name = value`; a line that starts with white space goes on, also behind empty
 * lines and comments; the last of a name counts.
 */
function postfixSettings(text: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  const lines = text.replace(/^\s*#.*\n?/gm, '').replace(/\n\s*[ \t]/g, ' ');
  for (const line of lines.split('\n')) {
    const [, name, value] = /^(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined) settings.set(name, value ?? '');
  }
  return settings;
}

/** `$name`, `${name}` and `$(name)`, a few levels deep: a setting may name itself. */
function expand(value: string, settings: ReadonlyMap<string, string>): string {
  let text = value;
  for (let level = 0; level < 4 && text.includes('$'); level += 1)
    text = text.replace(/\$(?:\{(\w+)\}|\((\w+)\)|(\w+))/g, (_, a, b, c) => settings.get(String(a ?? b ?? c)) ?? '');
  return text;
}
