import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConfig } from '../config/read-config.ts';
import type { Verdict } from '../policy/verdict.ts';
import { configFindings } from './config-findings.ts';
import { attemptFindings, clockFindings, listFindings, type LookupFacts, lookupFindings } from './daemon-findings.ts';
import { type Finding, formatFindings } from './doctor-finding.ts';
import { type MtaFile, mtaFindings } from './mta-findings.ts';
import { type PathStep, socketFindings } from './socket-findings.ts';

function states(findings: readonly Finding[]): string {
  return findings.map(({ state }) => state).join(' ');
}

function shipped(name: string): string {
  return readFileSync(new URL(`../../conf/${name}`, import.meta.url), 'utf8');
}

const POLICY =
  'smtpd_recipient_restrictions = reject_unauth_destination,\n  # of ours\n  check_policy_service inet:a:1\n';

test.for<[mta: MtaFile['mta'], text: string, expected: string]>([
  ['Exim', 'begin acl\n', 'note'],
  ['Exim', '# .include /opt/ddgrey/conf/exim4-acl.conf\n', 'note'],
  ['Exim', 'acl_check_rcpt:\n  .include /opt/ddgrey/conf/exim4-acl.conf\n', 'good'],
  ['Exim', shipped('exim4-acl.conf'), 'good'],
  ['Exim', 'set acl_m_x = ${readsocket{/run/ddgrey/greylist.socket}{check_quit ${x{a}{b}} c}{5s}{}{white}}', 'good'],
  ['Exim', 'set acl_m_x = ${readsocket{/run/ddgrey/greylist.socket}{check_quit a b c}{5s}}', 'bad'],
  ['Exim', 'set acl_m_x = ${readsocket{/run/clamd/socket}{x}{5s}}', 'note'],
  ['Postfix', 'smtpd_recipient_restrictions = reject_unauth_destination\n', 'note'],
  ['Postfix', POLICY, 'bad'],
  ['Postfix', `${POLICY}smtpd_policy_service_default_action = DUNNO\n`, 'good'],
  ['Postfix', `${POLICY}smtpd_policy_service_default_action = 451 4.3.5 down\n`, 'bad'],
  ['Postfix', shipped('postfix-main.cf'), 'good'],
  ['Postfix', shipped('postfix-milter.cf'), 'good'],
  ['Postfix', 'm = inet:127.0.0.1:10024\nsmtpd_milters = $m\n', 'bad'],
  ['Postfix', 'smtpd_milters = inet:127.0.0.1:10024\nmilter_default_action = accept\n', 'good'],
  ['Postfix', 'smtpd_milters = $smtpd_milters\n', 'bad'],
  ['Sendmail', "dnl INPUT_MAIL_FILTER(`ddgrey', `S=local:/x')\n", 'note'],
  ['Sendmail', shipped('sendmail-milter.mc'), 'good'],
  ['Sendmail', "INPUT_MAIL_FILTER(`ddgrey', `S=local:/x, F=T')dnl\n", 'bad'],
  ['Sendmail', 'Xddgrey, S=local:/x, F=R\n', 'bad'],
])('%s with %j: %s', ([mta, text, expected]) => {
  expect(states(mtaFindings({ mta, path: '/etc/x', text }))).toBe(expected);
});

const ROOT: PathStep = { path: '/', mode: 0o40755, uid: 0, gid: 0 };
const FOLDER: PathStep = { path: '/run/ddgrey', mode: 0o40750, uid: 500, gid: 500 };
const SOCKET: PathStep = { path: '/run/ddgrey/s', mode: 0o140660, uid: 500, gid: 7 };
const EXIM = { name: 'exim', uid: 100, gids: [100] };

test.for<[steps: readonly PathStep[] | undefined, gids: readonly number[], expected: string, word: string]>([
  [undefined, [100], 'bad', 'not there'],
  [[ROOT, SOCKET], [100], 'bad', 'has mode 660'],
  [[ROOT, SOCKET], [100, 7], 'good', 'can connect'],
  [[ROOT, FOLDER, SOCKET], [100, 7], 'bad', '/run/ddgrey has mode 750'],
  [[ROOT, { ...SOCKET, mode: 0o140666 }], [100], 'good', 'can connect'],
  // The group's rights count for its members, even where others have more.
  [[ROOT, { ...SOCKET, mode: 0o140606 }], [100, 7], 'bad', 'has mode 606'],
])('a socket behind %j is to groups %j %s: %s', ([steps, gids, expected, word]) => {
  const findings = socketFindings({ protocol: 'greylist', path: '/run/ddgrey/s', steps }, [{ ...EXIM, gids }]);
  expect(states(findings)).toBe(expected);
  expect(findings[0]?.text).toContain(word);
});

test('of several mail servers one that can connect is enough', () => {
  const users = [EXIM, { name: 'postfix', uid: 101, gids: [101, 7] }];
  expect(states(socketFindings({ protocol: 'policy', path: SOCKET.path, steps: [ROOT, SOCKET] }, users))).toBe(
    'note good',
  );
});

test('a socket is fine where no mail server was found', () => {
  expect(states(socketFindings({ protocol: 'policy', path: SOCKET.path, steps: [ROOT, SOCKET] }, []))).toBe('good');
});

const NOW = Date.UTC(2026, 10) / 1000;

test.for<[daemon: number, ours: number, expected: string]>([
  [NOW, NOW, 'good'],
  [NOW - 5, NOW, 'good'],
  [NOW + 6, NOW, 'bad'],
  [1000, 1000, 'bad'],
])('clocks at %i and %i are %s', ([daemon, ours, expected]) => {
  expect(states(clockFindings(daemon, ours))).toBe(expected);
});

const NAMES: LookupFacts = { about: 'names', answer: 'absent' };
const FAILED = { answer: 'failed', note: 'SERVFAIL' } as const;

test.for<[lookups: readonly LookupFacts[], expected: string]>([
  [[], ''],
  [[NAMES, { about: 'Spamcop', answer: 'absent' }], 'good'],
  [[NAMES, { about: 'Spamcop', ...FAILED }], 'good note'],
  [
    [
      { ...NAMES, ...FAILED },
      { about: 'Spamcop', ...FAILED },
    ],
    'bad',
  ],
  [
    [
      { ...NAMES, ...FAILED },
      { about: 'Spamcop', answer: 'absent' },
    ],
    'good',
  ],
  [[NAMES, { about: 'addresses of mx.example', ...FAILED }], 'good'],
])('the answers %j are %j', ([lookups, expected]) => {
  expect(states(lookupFindings(lookups))).toBe(expected);
});

test('lists that are switched off are noted', () => {
  expect(listFindings({ 'lists switched off': 2, 'lists switched on again': 2 })).toEqual([]);
  expect(listFindings({ 'lists switched off': 2 })[0]?.text).toContain('2 switched off');
});

const GREY: Verdict = { kind: 'grey', reason: 'first', wait: 290 };

test.for<[first: Verdict, second: Verdict, expected: string]>([
  [GREY, { ...GREY, reason: 'early' }, 'good'],
  [{ kind: 'white', reason: 'off' }, { kind: 'white', reason: 'off' }, 'note'],
  [{ kind: 'white', reason: 'failed' }, { kind: 'white', reason: 'failed' }, 'bad'],
])('attempts that are answered %j, then %j, are %s', ([first, second, expected]) => {
  expect(states(attemptFindings(first, second))).toBe(expected);
});

test.for<[text: string, words: readonly string[]]>([
  ['grey_default 290s', []],
  ['grey_default 290s\nGREY_CHECK no', ['switched off']],
  ['grey_default 1h\nretry 12h\ngrey_long 2h\ngrey_max 3h', ['wait 60 minutes', '12 hours only']],
  ['grey_default 290s\non_failure grey', ['whenever something fails']],
  ['grey_default 290s\npeer mx2.example.org', ['plain text']],
])('of %j it notes %j', ([text, words]) => {
  const { config, errors } = readConfig('ddgrey.conf', () => text);
  expect(errors).toEqual([]);
  const [good, ...notes] = configFindings(config, [], 'ddgrey.conf');
  expect(good?.state).toBe('good');
  expect(notes.map((finding) => finding.text)).toEqual(words.map((word) => expect.stringContaining(word)));
});

test('findings are lines, with what to do below them, and a sum', () => {
  const finding: Finding = { state: 'bad', about: 'clock', text: 'is wrong', mend: 'set it' };
  expect(formatFindings([{ state: 'good', about: 'DNS', text: 'answers' }, finding])).toBe(
    'ok    DNS: answers\nBAD   clock: is wrong\n      -> set it\n\n1 thing is wrong.\n',
  );
  expect(formatFindings([])).toContain('Nothing is wrong.');
});
