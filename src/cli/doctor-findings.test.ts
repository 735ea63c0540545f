import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writtenValues } from '../config/config-values.ts';
import { locateConfig } from '../config/locate-config.ts';
import { readConfig } from '../config/read-config.ts';
import { fixedBy, withoutRestart } from '../config/takes-restart.ts';
import type { PeerState } from '../peers/sync-protocol.ts';
import { REASONS, type Verdict } from '../policy/verdict.ts';
import { type CentralFacts, centralFindings } from './central-findings.ts';
import { certificateFindings } from './certificate-findings.ts';
import { configFindings, unreadableConfig } from './config-findings.ts';
import {
  attemptFindings,
  clockFindings,
  failedFindings,
  failingDaemonFinding,
  listFindings,
  type LookupFacts,
  lookupFindings,
  type Silence,
  silentDaemonFinding,
  unchangedFinding,
  versionFinding,
} from './daemon-findings.ts';
import { directoryFinding } from './directory-findings.ts';
import { type Finding, formatFindings } from './doctor-finding.ts';
import { fileFindings, type NamedFile } from './file-findings.ts';
import { type HowToRun, howToRun } from './how-to-run.ts';
import { inForceFindings } from './in-force-findings.ts';
import type { OwnSocket } from './listens-there.ts';
import { type LogFacts, logFindings } from './log-findings.ts';
import { type MtaFile, mtaFindings } from './mta-findings.ts';
import type { PathStep } from './path-rights.ts';
import { nameFindings, peerFindings } from './peer-findings.ts';
import { reloadFindings } from './reload-findings.ts';
import { MAIL_USERS, type MailUser, socketFindings, type SocketFacts } from './socket-findings.ts';
import { spaceFindings } from './space-findings.ts';

function states(findings: readonly Finding[]): string {
  return findings.map(({ state }) => state).join(' ');
}

function shipped(name: string): string {
  return readFileSync(new URL(`../../conf/${name}`, import.meta.url), 'utf8');
}

/** With ddgrey on the sockets that the shipped pieces name, and some more. */
const OWN: readonly OwnSocket[] = [
  { protocol: 'policy', address: { kind: 'tcp', host: '127.0.0.1', port: 10_023 } },
  { protocol: 'policy', address: { kind: 'unix', path: '/var/spool/postfix/ddgrey/s' } },
  { protocol: 'milter', address: { kind: 'tcp', host: '127.0.0.1', port: 10_034 } },
  { protocol: 'milter', address: { kind: 'tcp', host: '', port: 10_035 } },
  { protocol: 'milter', address: { kind: 'tcp', host: '192.0.2.9', port: 10_036 } },
  { protocol: 'milter', address: { kind: 'unix', path: '/run/ddgrey/milter.socket' } },
  { protocol: 'greyd', address: { kind: 'tcp', host: '127.0.0.1', port: 2012 } },
];

const policy = (server: string): string =>
  `smtpd_recipient_restrictions = reject_unauth_destination,\n  # of ours\n  check_policy_service ${server}\n`;
const ASKING = 'check_policy_service inet:127.0.0.1:10023';
const POLICY = policy('inet:127.0.0.1:10023');
const FAIL_OPEN = 'smtpd_policy_service_default_action = DUNNO\nmilter_default_action = accept\n';
const MILTER = `${FAIL_OPEN}smtpd_milters =`;
const NO_FAIL = 'CHECK_RCPT_NO_FAIL_TOO_MANY_BAD_RCPT';
const DEBIAN = `acl_check_rcpt:\n  .ifndef ${NO_FAIL}\n  deny\n    message = Rejected for too many bad recipients\n  .endif\n`;
const INCLUDE = '  .include /opt/ddgrey/conf/exim4-acl.conf\n';
/** A question of Exim's, with what stands behind the socket. */
const asking = (parts: string): string => `  set acl_m_x = \${readsocket{/run/ddgrey/greylist.socket}${parts}}\n`;
const filter = (rest: string): string => `INPUT_MAIL_FILTER(\`ddgrey', \`${rest}')dnl\n`;

test.for<[mta: MtaFile['mta'], text: string, expected: string]>([
  ['Exim', 'begin acl\n', 'note'],
  ['Exim', '# .include /opt/ddgrey/conf/exim4-acl.conf\n', 'note'],
  ['Exim', 'acl_check_rcpt:\n  .include /opt/ddgrey/conf/exim4-acl.conf\n', 'good'],
  ['Exim', shipped('exim4-acl.conf'), 'good'],
  ['Exim', 'set acl_m_x = ${readsocket{/run/ddgrey/greylist.socket}{check_quit ${x{a}{b}} c}{5s}{}{white}}', 'good'],
  ['Exim', 'set acl_m_x = ${readsocket{/run/ddgrey/greylist.socket}{check_quit a b c}{5s}}', 'bad'],
  ['Exim', asking('{a b c}{5s}{}'), 'bad'],
  ['Exim', asking('{check ${x{a}{b}} c}{5s}'), 'bad'],
  ['Exim', asking(' {a b c} {5s}'), 'bad'],
  ['Exim', `${asking('{a b c}{5s}')}  condition = \${if {a}{b}{c}}`, 'bad'],
  ['Exim', asking('{a b c}\\\n    {5s}{}\\\n    {white}'), 'good'],
  ['Exim', asking('{a#b c}{5s}{}{white}'), 'good'],
  ['Exim', `acl_check_rcpt:\n  # of old:\n#${asking('{a b c}{5s}')}`, 'note'],
  ['Exim', 'set acl_m_x = ${readsocket{/run/clamd/socket}{x}{5s}}', 'note'],
  ['Exim', DEBIAN, 'note'],
  ['Exim', `${DEBIAN}${INCLUDE}`, 'good bad'],
  ['Exim', `${NO_FAIL} = true\n${DEBIAN}${INCLUDE}`, 'good'],
  ['Exim', `LOCAL = 1\n${NO_FAIL} = true\n${DEBIAN}${INCLUDE}`, 'good'],
  ['Exim', `.ifndef LOCAL\n.endif\n${INCLUDE}`, 'good'],
  [
    'Exim',
    'set acl_m_x = ${readsocket{/run/greylist.socket}{x}{5s}{}{white}}\nset acl_m_y = ${readsocket{/run/greylist.socket}{x}{5s}}',
    'bad',
  ],
  ['Postfix', 'smtpd_recipient_restrictions = reject_unauth_destination\n', 'note'],
  ['Postfix', POLICY, 'bad'],
  ['Postfix', `${POLICY}${FAIL_OPEN}`, 'good'],
  ['Postfix', `${POLICY}${FAIL_OPEN}smtpd_data_restrictions = ${ASKING}\n`, 'good'],
  ['Postfix', `${POLICY}smtpd_policy_service_default_action = 451 4.3.5 down\n`, 'bad'],
  ['Postfix', shipped('postfix-main.cf'), 'good'],
  ['Postfix', shipped('postfix-milter.cf'), 'good'],
  ['Postfix', policy('{ inet:localhost:10023, timeout=7s, default_action=DUNNO }'), 'good'],
  ['Postfix', `${policy('{ inet:localhost:10023, default_action=DEFER }')}${FAIL_OPEN}`, 'bad'],
  ['Postfix', FAIL_OPEN + policy('inet:[::1]:10023'), 'note'],
  ['Postfix', FAIL_OPEN + policy('inet:192.0.2.1:10023'), 'note'],
  ['Postfix', FAIL_OPEN + policy('inet:127.0.0.1:10034'), 'note'],
  ['Postfix', FAIL_OPEN + policy('inet:127.0.0.1:2012'), 'note'],
  ['Postfix', FAIL_OPEN + policy('unix:private/policyd-spf'), 'note'],
  ['Postfix', FAIL_OPEN + policy('unix:private/policyd-spf,\n check_policy_service unix:ddgrey/s'), 'good'],
  ['Postfix', FAIL_OPEN + policy('unix:/ddgrey/s'), 'good'],
  ['Postfix', FAIL_OPEN + policy('unix:/var/spool/postfix/ddgrey/s'), 'good'],
  ['Postfix', `${FAIL_OPEN}queue_directory = /q\n${policy('unix:ddgrey/s')}`, 'note'],
  ['Postfix', `${FAIL_OPEN}smtpd_restriction_classes = g\ng = ${ASKING}\n`, 'good'],
  ['Postfix', `${FAIL_OPEN}smtpd_restriction_classes = f, g\ng = ${ASKING}\n`, 'good'],
  ['Postfix', `${FAIL_OPEN}mua_client_restrictions = ${ASKING}\n`, 'note'],
  ['Postfix', `${FAIL_OPEN}smtpd_old_restrictions_x = ${ASKING}\n`, 'note'],
  ['Postfix', `${FAIL_OPEN}x_smtpd_old_restrictions = ${ASKING}\n`, 'note'],
  ['Postfix', `${FAIL_OPEN}smtpd_data_restrictions = permit,\n# a\n\n  # b\n \t\n  ${ASKING}\n`, 'good'],
  ['Postfix', `${FAIL_OPEN}smtpd_data_restrictions = permit,\n  # ${ASKING}`, 'note'],
  ['Postfix', 'smtpd_milters=inet:127.0.0.1:10034\nmilter_default_action=accept \n', 'good'],
  ['Postfix', 'm = inet:127.0.0.1:10034\nsmtpd_milters = $m\n', 'bad'],
  ['Postfix', 'm = inet:127.0.0.1:10034\nsmtpd_milters = ${m}\n', 'bad'],
  ['Postfix', 'm = inet:127.0.0.1:10034\nsmtpd_milters = $(m)\n', 'bad'],
  ['Postfix', `${MILTER} local:/run/ddgrey/milter.socket`, 'good'],
  ['Postfix', `${MILTER} inet:127.0.0.1:10034`, 'good'],
  ['Postfix', `${MILTER} inet:127.0.0.1:8891, unix:/var/run/ddgrey/milter.socket`, 'good'],
  ['Postfix', `${MILTER} inet:[::1]:10035`, 'good'],
  ['Postfix', `${MILTER} inet:127.0.0.1:8891`, 'note'],
  ['Postfix', `${POLICY}${MILTER} inet:127.0.0.1:10034`, 'good good bad'],
  ['Postfix', 'smtpd_milters = $smtpd_milters\n', 'note'],
  ['Sendmail', `dnl ${filter('S=local:/run/ddgrey/milter.socket')}`, 'note'],
  ['Sendmail', shipped('sendmail-milter.mc'), 'good'],
  ['Sendmail', filter('S=inet:10034@localhost'), 'good'],
  ['Sendmail', filter('S=inet:8891@localhost'), 'note'],
  ['Sendmail', filter('S=inet:10023@127.0.0.1'), 'note'],
  ['Sendmail', "MAIL_FILTER(`ddgrey', `S=inet:10034@localhost')dnl\n", 'good'],
  ['Sendmail', filter('S=local:/run/ddgrey/milter.socket, F=T'), 'bad'],
  ['Sendmail', 'Xgrey, S=local:/run/ddgrey/milter.socket, F=R\n', 'bad'],
])('%s with %j: %s', ([mta, text, expected]) => {
  const findings = mtaFindings({ mta, path: '/etc/x', text }, OWN);
  expect(states(findings)).toBe(expected);
  for (const { about } of findings) expect(about).toBe(`${mta} (/etc/x)`);
});

test("of an Exim with Debian's ACL the macro is told that helps", () => {
  const [, finding] = mtaFindings({ mta: 'Exim', path: '/x', text: `${DEBIAN}${INCLUDE}` }, OWN);
  expect(finding?.mend).toMatch(new RegExp(`^${NO_FAIL} = true, see /`));
});

test.for([
  ['F=T', 'defers all mail'],
  ['F=4', 'defers all mail'],
  ['F=R', 'refuses all mail'],
] as const)('of a Sendmail with %s it tells what becomes of mail: %s', ([flag, words]) => {
  const text = filter(`S=local:/run/ddgrey/milter.socket, ${flag}`);
  expect(mtaFindings({ mta: 'Sendmail', path: '/x', text }, OWN)).toMatchObject([
    { text: `${words} while ddgrey does not answer`, mend: `take ${flag} out` },
  ]);
});

test.for([
  ['milter_default_action = tempfail', 'defers all mail'],
  ['milter_default_action = reject', 'refuses all mail for good'],
  ['milter_default_action = quarantine', 'keeps all mail in its hold queue'],
  ['smtpd_policy_service_default_action = 451 4.3.5 down', 'defers all mail'],
  ['smtpd_policy_service_default_action = DEFER_IF_PERMIT', 'defers all mail'],
  ['smtpd_policy_service_default_action = REJECT', 'refuses all mail for good'],
  ['smtpd_policy_service_default_action = 550 5.7.1 no', 'refuses all mail for good'],
  ['smtpd_policy_service_default_action = HOLD', 'keeps all mail in its hold queue'],
  ['smtpd_policy_service_default_action = DISCARD', 'throws all mail away'],
  ['smtpd_policy_service_default_action = 451 4.3.5 no reject, no hold, no discard', 'defers all mail'],
] as const)('of a Postfix with %s it tells what becomes of mail: %s', ([line, words]) => {
  const asks = line.startsWith('milter') ? 'smtpd_milters = inet:127.0.0.1:10034\n' : POLICY;
  const [finding] = mtaFindings({ mta: 'Postfix', path: '/x', text: `${asks}${line}\n` }, OWN);
  expect(finding?.text).toBe(`${words} while ddgrey does not answer`);
});

test.for(['DUNNO', 'OK', 'permit'])('a Postfix with the default action %s lets mail pass', (action) => {
  const text = `${POLICY}smtpd_policy_service_default_action = ${action}\n`;
  expect(states(mtaFindings({ mta: 'Postfix', path: '/x', text }, OWN))).toBe('good');
});

test('a Postfix that defers is told where the action is that makes it so', () => {
  const own = policy('{ inet:127.0.0.1:10023, default_action=DEFER }');
  const inBraces = 'default_action=DUNNO in the braces behind check_policy_service';
  const text = `${own}smtpd_data_restrictions = ${ASKING}\n`;
  expect(mtaFindings({ mta: 'Postfix', path: '/x', text }, OWN)).toMatchObject([
    { state: 'bad', text: expect.stringMatching(/^defers all mail/), mend: inBraces },
    {
      state: 'bad',
      text: expect.stringMatching(/^defers all mail/),
      mend: 'smtpd_policy_service_default_action = DUNNO',
    },
  ]);
});

test('of a Postfix that asks others it tells whom, and where ddgrey listens', () => {
  const listening = OWN.filter(({ address }) => address.kind === 'tcp' && address.host === '127.0.0.1');
  const found = (text: string): string | undefined =>
    mtaFindings({ mta: 'Postfix', path: '/x', text }, listening)[0]?.text;
  const told = 'does not ask ddgrey, which listens on policy 127.0.0.1:10023, milter 127.0.0.1:10034';
  expect(found('')).toBe(told);
  expect(found(`${policy('unix:private/spf')}smtpd_milters = inet:127.0.0.1:8891\n`)).toBe(
    `${told}; it asks unix:private/spf, inet:127.0.0.1:8891`,
  );
  expect(mtaFindings({ mta: 'Postfix', path: '/x', text: '' }, OWN)[0]?.mend).toMatch(/^\/\S*\/postfix\.md says /);
  expect(mtaFindings({ mta: 'Postfix', path: '/x', text: POLICY }, [])).toMatchObject([
    { text: expect.stringContaining('no socket for Postfix'), mend: expect.stringMatching(/^listen policy /) },
  ]);
});

const ROOT: PathStep = { path: '/', mode: 0o40755, uid: 0, gid: 0 };
const FOLDER: PathStep = { path: '/run/ddgrey', mode: 0o40750, uid: 500, gid: 500 };
const SOCKET: PathStep = { path: '/run/ddgrey/s', mode: 0o140660, uid: 500, gid: 7 };
const EXIM = { name: 'exim', uid: 100, gids: [100] };

const PATH = { kind: 'unix', path: '/run/ddgrey/s' } as const;
const PORT = { kind: 'tcp', host: '127.0.0.1', port: 10_023 } as const;

test.for<[facts: Omit<SocketFacts, 'usual'>, expected: string, words: string]>([
  [{ protocol: 'greylist', address: PATH, listening: 'no', steps: [] }, 'bad', 'nobody listens'],
  [{ protocol: 'greylist', address: PATH, listening: 'no', steps: [SOCKET] }, 'bad', 'is there, but nobody listens'],
  [{ protocol: 'greylist', address: PATH, listening: 'denied', steps: [] }, 'note', 'is kept from this user'],
  [{ protocol: 'greylist', address: PATH, listening: 'denied', steps: [SOCKET] }, 'bad', 'exim cannot connect'],
  [{ protocol: 'greyd', address: PATH, listening: 'yes', steps: [SOCKET] }, 'good', 'is there'],
  [{ protocol: 'policy', address: PORT, listening: 'yes', steps: [] }, 'good', 'takes connections'],
  [{ protocol: 'policy', address: PORT, listening: 'no', steps: [] }, 'bad', 'nobody listens'],
])('%j is %s: %s', ([facts, expected, words]) => {
  const [finding, ...more] = socketFindings({ ...facts, usual: false }, { users: [EXIM], files: [] }, 'start it: x');
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ state: expected, text: expect.stringMatching(new RegExp(`^${words}`)) });
  expect(finding?.mend === 'start it: x').toBe(facts.listening === 'no');
});

test.for<[address: SocketFacts['address'], about: string]>([
  [PATH, 'socket policy (/run/ddgrey/s)'],
  [PORT, 'socket policy (127.0.0.1:10023)'],
  [{ ...PORT, host: '::1' }, 'socket policy ([::1]:10023)'],
  [{ ...PORT, host: '' }, 'socket policy (TCP port 10023)'],
])('the socket %j is named: %s', ([address, about]) => {
  const facts = { protocol: 'policy', address, listening: 'no', steps: [], usual: false } as const;
  expect(socketFindings(facts, { users: [], files: [] }, '')).toMatchObject([{ about }]);
});

test.for<[steps: readonly PathStep[], gids: readonly number[], expected: string, word: string]>([
  [[ROOT, SOCKET], [100], 'bad', 'has mode 660'],
  [[ROOT, SOCKET], [100, 7], 'good', 'exim can connect'],
  [[ROOT, FOLDER, SOCKET], [100, 7], 'bad', '/run/ddgrey has mode 750'],
  [[ROOT, { ...SOCKET, mode: 0o140666 }], [100], 'good', 'can connect'],
  // The group's rights count for its members, even where others have more.
  [[ROOT, { ...SOCKET, mode: 0o140606 }], [100, 7], 'bad', 'has mode 606'],
])('a socket behind %j is to groups %j %s: %s', ([steps, gids, expected, word]) => {
  const facts = { protocol: 'greylist', address: PATH, listening: 'yes', steps, usual: false } as const;
  const findings = socketFindings(facts, { users: [{ ...EXIM, gids }], files: [] }, '');
  expect(states(findings)).toBe(expected);
  expect(findings[0]?.text).toContain(word);
});

test.for<[steps: readonly PathStep[], mend: string]>([
  [
    [ROOT, SOCKET],
    'listen greylist unix:/run/ddgrey/s mode=0660 group=exim, with SupplementaryGroups=exim in the unit; or mode=0666',
  ],
  [
    [ROOT, FOLDER, SOCKET],
    'let others search /run/ddgrey (chmod o+x), or listen in another folder, such as /run/ddgrey',
  ],
])('who cannot connect by %j is told what to do: %s', ([steps, mend]) => {
  const facts = { protocol: 'greylist', address: PATH, listening: 'yes', steps, usual: false } as const;
  expect(socketFindings(facts, { users: [EXIM], files: [] }, '')).toMatchObject([{ mend }]);
});

test('the users that mail servers run as are known', () => {
  expect([...MAIL_USERS].toSorted()).toEqual(['Debian-exim', 'exim', 'postfix']);
});

const DEBIAN_EXIM = { name: 'Debian-exim', uid: 102, gids: [102, 7] };
const POSTFIX = { name: 'postfix', uid: 101, gids: [101] };

test.for<[what: string, findings: readonly Finding[]]>([
  ['an Exim that does not ask', mtaFindings({ mta: 'Exim', path: '/e', text: '' }, OWN)],
  [
    'one that asks without an answer',
    mtaFindings({ mta: 'Exim', path: '/e', text: '${readsocket{/greylist}{x}}' }, OWN),
  ],
  ['one with Debian’s ACL', mtaFindings({ mta: 'Exim', path: '/e', text: `${DEBIAN} .include exim4-acl.conf` }, OWN)],
  ['a Sendmail that does not ask', mtaFindings({ mta: 'Sendmail', path: '/s', text: '' }, OWN)],
  ['a Postfix that does not ask', mtaFindings({ mta: 'Postfix', path: '/p', text: '' }, OWN)],
  ['one that defers', mtaFindings({ mta: 'Postfix', path: '/p', text: 'smtpd_milters = inet:127.0.0.1:10034\n' }, OWN)],
  ['a damaged database', [unchangedFinding('database disk image is malformed')]],
])('the file that is to be read for %s is named in full', ([, findings]) => {
  const home = join(import.meta.dirname, '../..');
  const mends = findings.map(({ mend = '' }) => mend.replaceAll(home, '/HOME'));
  const named = mends.flatMap((mend) => mend.match(/[\w./-]*\/[\w.-]+\.(?:md|cf|conf)\b/g) ?? []);
  expect(named.length).toBe(1);
  expect(named.filter((path) => !path.startsWith('/HOME/') || !existsSync(path.replace('/HOME', home)))).toEqual([]);
});

test.for<[protocol: string, users: readonly MailUser[], expected: string, usual?: boolean]>([
  ['greylist', [EXIM], 'bad'],
  // The user may be left of an Exim that has been removed.
  ['greylist', [EXIM], 'note', true],
  ['greylist', [EXIM, DEBIAN_EXIM], 'note good'],
  ['greylist', [POSTFIX], 'good'],
  ['greylist', [], 'good'],
  ['policy', [POSTFIX], 'bad'],
  ['policy', [EXIM], 'good'],
  ['milter', [POSTFIX], 'bad'],
  ['milter', [DEBIAN_EXIM], 'good'],
])('a %s socket with mode 660 is to %j: %s', ([protocol, users, expected, usual = false]) => {
  const facts = { protocol, address: PATH, listening: 'yes', steps: [ROOT, SOCKET], usual } as const;
  expect(states(socketFindings(facts, { users, files: [] }, ''))).toBe(expected);
});

test.for<[mta: MtaFile['mta'], text: string, expected: string]>([
  ['Exim', '  .include /opt/ddgrey/conf/exim4-acl.conf\n', 'bad'],
  ['Exim', 'begin acl\n', 'note'],
  ['Postfix', 'check_policy_service unix:/run/ddgrey/policy', 'note'],
])('where %s has %j, a socket that is there anyway and closed to Exim is %s', ([mta, text, expected]) => {
  const facts = { protocol: 'greylist', address: PATH, listening: 'yes', steps: [ROOT, SOCKET], usual: true } as const;
  expect(states(socketFindings(facts, { users: [EXIM], files: [{ mta, path: '/etc/x', text }] }, ''))).toBe(expected);
});

const LOG_FOLDER: PathStep = { path: '/log', mode: 0o40750, uid: 100, gid: 4 };
const LOG: PathStep = { path: '/log/m', mode: 0o100640, uid: 100, gid: 4 };
const OF_ADM = { uid: 500, gids: [500, 4] };
const ALONE = { uid: 500, gids: [500] };
const JOIN = "SupplementaryGroups=group4 in the unit, or make group4 a group of the daemon's user; then RESTART";

test.for<[mode: number, daemon: LogFacts['daemon'], found: readonly object[]]>([
  [0o600, undefined, []],
  [0o600, { uid: 0, gids: [0] }, []],
  [0o644, { uid: 7, gids: [7] }, []],
  [0o640, { uid: 7, gids: [7, 4] }, []],
  [
    0o600,
    { uid: 7, gids: [7, 4] },
    [
      {
        state: 'note',
        about: 'configuration',
        text: expect.stringContaining('cannot read /d.conf: /d.conf has mode 600'),
        mend: 'chmod o+rX /d.conf',
      },
    ],
  ],
])('a configuration with mode %o for the process %j: %j', ([mode, daemon, found]) => {
  const steps = [ROOT, { path: '/d.conf', mode, uid: 0, gid: 4 }];
  expect(reloadFindings({ path: '/d.conf', steps, daemon })).toMatchObject(found);
});

test.for<[way: LogFacts['way'], daemon: LogFacts['daemon'], state: string, text: string, mend?: string]>([
  [{ steps: [ROOT, LOG_FOLDER, LOG] }, OF_ADM, 'good', 'can be read'],
  [{ steps: [ROOT, LOG_FOLDER, LOG] }, undefined, 'good', 'is there'],
  [{ steps: [ROOT, LOG_FOLDER, LOG] }, ALONE, 'bad', '/log has mode 750; nothing', JOIN],
  [{ steps: [ROOT, { ...LOG_FOLDER, mode: 0o40710 }, LOG] }, ALONE, 'bad', '/log has mode 710; nothing', JOIN],
  [{ steps: [ROOT, { ...LOG_FOLDER, mode: 0o40700 }, LOG] }, ALONE, 'bad', 'mode 700', `chmod g+rX /log; ${JOIN}`],
  [{ steps: [ROOT, LOG] }, ALONE, 'bad', '/log/m has mode 640; nothing', JOIN],
  [{ steps: [ROOT, { ...LOG, mode: 0o100610 }] }, ALONE, 'bad', 'has mode 610', `chmod g+rX /log/m; ${JOIN}`],
  [{ steps: [ROOT, { ...LOG, mode: 0o100600 }] }, OF_ADM, 'bad', 'has mode 600', `chmod g+rX /log/m; ${JOIN}`],
  [{ problem: 'no such file', denied: false }, OF_ADM, 'bad', 'no such file; nothing', 'exim4_mainlog with'],
  [{ problem: 'permission denied', denied: true }, OF_ADM, 'note', 'permission denied', 'run ddgrey doctor as root'],
])("of Exim's log with %j a daemon of %j is told %s: %s", ([way, daemon, state, text, mend]) => {
  const [finding, ...more] = logFindings({ path: '/log/m', way, daemon, groupName: (gid) => `group${gid}` }, 'RESTART');
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ state, about: "Exim's log /log/m", text: expect.stringContaining(text) });
  expect(finding?.mend?.slice(0, mend?.length)).toBe(mend);
});

const NOW = Date.UTC(2026, 10) / 1000;

const YEAR = Date.UTC(2026, 0) / 1000;

test.for<[daemon: number, ours: number, state: string, text: string, mend?: string]>([
  [NOW, NOW, 'good', 'the daemon and this program agree'],
  [NOW - 5, NOW, 'good', 'the daemon and this program agree'],
  [NOW + 6, NOW, 'bad', "the daemon's is 6 seconds off", 'restart it: RESTART'],
  [NOW - 6, NOW, 'bad', "the daemon's is 6 seconds off", 'restart it: RESTART'],
  [YEAR, YEAR, 'good', 'the daemon and this program agree'],
  [
    YEAR - 1,
    YEAR - 1,
    'bad',
    'this machine lives in the past',
    'set the clock, and let chrony or systemd-timesyncd keep it',
  ],
])('clocks at %i and %i are %s: %s', ([daemon, ours, state, text, mend]) => {
  const [finding, ...more] = clockFindings(daemon, ours, HOW);
  expect(more).toEqual([]);
  expect(finding).toEqual({ state, about: 'clock', text, ...(mend === undefined ? {} : { mend }) });
});

const NAMES: LookupFacts = { about: 'names', answer: 'absent' };
const FAILED = { answer: 'failed', note: 'SERVFAIL' } as const;

const LATE = { answer: 'under way', note: undefined } as const;
const NAMES_FAILED = { ...NAMES, ...FAILED };
const DEAD = 'nothing can be learnt of clients';

test.for<[lookups: readonly LookupFacts[], found: readonly string[]]>([
  [[], []],
  [[NAMES, { about: 'Spamcop', answer: 'absent' }], ['good DNS: answers']],
  [
    [NAMES, { about: 'Spamcop', ...FAILED }],
    ['good DNS: answers', 'note list Spamcop: does not answer: SERVFAIL'],
  ],
  [
    [NAMES, { about: 'Spamcop', ...LATE }],
    ['good DNS: answers', 'note list Spamcop: does not answer'],
  ],
  [[NAMES_FAILED, { about: 'Spamcop', ...FAILED }], [`bad DNS: does not answer (SERVFAIL); ${DEAD}`]],
  [
    [
      { ...NAMES, ...LATE },
      { about: 'Spamcop', ...FAILED },
    ],
    [`bad DNS: does not answer; ${DEAD}`],
  ],
  [[NAMES_FAILED, { about: 'Spamcop', answer: 'absent' }], ['good DNS: answers']],
  [
    [NAMES_FAILED, { about: 'Spamcop', ...FAILED }, { about: 'DNSWL', answer: 'absent' }],
    ['good DNS: answers', 'note list Spamcop: does not answer: SERVFAIL'],
  ],
  [[NAMES, { about: 'addresses of mx.example', ...FAILED }], ['good DNS: answers']],
])('the answers %j are %j', ([lookups, found]) => {
  expect(lookupFindings(lookups).map(({ state, about, text }) => `${state} ${about}: ${text}`)).toEqual(found);
});

const SOURCE: PeerState = {
  peer: 'mx9:722',
  name: '',
  direction: 'from',
  state: 'waiting',
  since: NOW,
  reports: 0,
  behind: undefined,
  lastError: undefined,
};

const waiting = (lastError: string): PeerState => ({ ...SOURCE, lastError });

test.for<readonly [peer: PeerState, isHere: boolean, expected: string, words?: string]>([
  [{ ...SOURCE, state: 'connected' }, false, 'good', 'is connected'],
  [SOURCE, false, 'note', 'is not connected yet look again'],
  [{ ...SOURCE, direction: 'to', state: 'away', lastError: 'x' }, false, ''],
  [{ ...SOURCE, state: 'ourselves' }, true, ''],
  [{ ...SOURCE, state: 'ourselves' }, false, 'bad', 'set `name`'],
  [waiting('closed without an answer; ...'), false, 'bad', 'accept or peer lines'],
  [waiting('refused: 500 permission denied'), false, 'bad', 'accept or peer lines'],
  [waiting('connect ECONNREFUSED 192.0.2.1:722'), false, 'bad', 'start ddgrey there'],
  [waiting('peer_events: the addresses of mx9 are not known yet'), false, 'bad', 'the name in peer_events'],
  ...['getaddrinfo ENOTFOUND mx9', 'getaddrinfo EAI_AGAIN mx9'].map(
    (error) => [waiting(error), false, 'bad', 'a name that has an address'] as const,
  ),
  ...['connect ETIMEDOUT 192.0.2.1:722', 'connect EHOSTUNREACH 192.0.2.1', 'connect ENETUNREACH 192.0.2.1'].map(
    (error) => [waiting(error), false, 'bad', 'firewalls'] as const,
  ),
  ...['ERR_SSL_WRONG_VERSION_NUMBER', 'Client network socket disconnected', 'read ECONNRESET'].map(
    (error) => [waiting(error), false, 'bad', 'peer_tls'] as const,
  ),
  [waiting('no TLS: unknown command'), false, 'bad', 'peer_tls'],
  [waiting('it tells of times ...; one of the clocks is wrong'), false, 'bad', 'set the clock that is wrong'],
  [waiting('SELF_SIGNED_CERT_IN_CHAIN'), false, 'bad', 'peer_tls'],
  [waiting('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), false, 'bad', 'peer_tls'],
  [waiting('refused: 500 encryption required'), false, 'bad', 'peer_tls'],
  [waiting('closed after the TLS handshake; ...'), false, 'bad', 'peer_tls'],
  [
    waiting('connect ECONNREFUSED 192.0.2.1:722; connect ECONNREFUSED 2001:db8::1:722'),
    false,
    'bad',
    'start ddgrey there',
  ],
  [waiting('no answer in time'), false, 'bad', 'firewalls'],
  [waiting('ERR_TLS_CERT_ALTNAME_INVALID; its certificate is for DNS:mx2'), false, 'bad', 'a name of its certificate'],
  [waiting('CERT_HAS_EXPIRED; its certificate is for DNS:mx2'), false, 'bad', 'renew its certificate there'],
  [waiting('DEPTH_ZERO_SELF_SIGNED_CERT; its certificate is for CN=x'), false, 'bad', 'peer_ca of both servers'],
  [waiting('refused: 220 smtp ready'), false, 'bad', 'is not connected: refused: 220 smtp ready the log'],
])('of the peer %j, here %s, it says %j: %s', ([peer, isHere, expected, words = '']) => {
  const findings = peerFindings(peer, isHere);
  expect(states(findings)).toBe(expected);
  expect(findings.map(({ about }) => about)).toEqual(findings.map(() => 'peer mx9:722'));
  expect(findings.map(({ text, mend }) => `${text} ${mend}`).join()).toContain(words);
});

const connected = (direction: PeerState['direction'], peer: string, name: string): PeerState => ({
  ...SOURCE,
  state: 'connected',
  direction,
  peer,
  name,
});

test.for<[what: string, peers: readonly PeerState[], said: readonly string[]]>([
  ['nobody', [], []],
  ['a server both ways', [connected('from', 'mx2:722', 'mx2'), connected('to', '192.0.2.2', 'mx2')], []],
  ['two of two names', [connected('to', '192.0.2.2', 'mx2'), connected('to', '192.0.2.3', 'mx3')], []],
  ['two without a name', [connected('to', '192.0.2.2', ''), connected('to', '192.0.2.3', '')], []],
  [
    'one that is away',
    [connected('to', '192.0.2.2', 'mx2'), { ...connected('to', '192.0.2.3', 'mx2'), state: 'away' }],
    [],
  ],
  [
    'two readers',
    [connected('to', '192.0.2.2', 'mx2'), connected('to', '192.0.2.3', 'mx2')],
    ['192.0.2.2 and 192.0.2.3'],
  ],
  [
    'two both ways, told once',
    ['mx2', 'mx3'].flatMap((host) => [
      connected('to', `${host}.example.org`, 'mx2'),
      connected('from', `${host}:722`, 'mx2'),
    ]),
    ['mx2:722 and mx3:722'],
  ],
])('of peers of one name it tells: %s', ([, peers, said]) => {
  const findings = nameFindings(peers);
  expect(findings.map(({ state, about }) => `${state} ${about}`)).toEqual(said.map(() => 'note the name mx2'));
  for (const [at, words] of said.entries()) expect(findings[at]?.text).toContain(`is that of ${words};`);
});

test.for<[counters: Record<string, number>, said: readonly string[]]>([
  [{}, []],
  [{ 'lists switched off': 2, 'lists switched on again': 2 }, []],
  [{ 'lists switched off': 3, 'lists switched on again': 1 }, ['2 switched off']],
  [{ 'lists without a test entry': 3, 'lists with a test entry again': 1 }, ['2 without a test entry']],
  [{ 'lists without a test entry': 2, 'lists with a test entry again': 2 }, []],
  [{ 'lists switched off': 1, 'lists without a test entry': 1 }, ['1 switched off', '1 without a test entry']],
])('lists that failed their tests are noted: %j', ([counters, said]) => {
  expect(listFindings(counters).map(({ state, text }) => `${state} ${text}`)).toEqual(
    said.map((words) => expect.stringContaining(`note ${words}`)),
  );
});

const GREY: Verdict = { kind: 'grey', reason: 'first', wait: 290 };

const FAILED_VERDICT: Verdict = { kind: 'white', reason: 'failed', because: 'disk is full' };

test.for<[first: Verdict, second: Verdict, expected: string, words: string]>([
  [GREY, { ...GREY, reason: 'early' }, 'good', 'deferred, as they should be; a retry would pass after 5 minutes'],
  [
    { kind: 'white', reason: 'off' },
    { kind: 'white', reason: 'off' },
    'note',
    'answered white (greylisting is switched off), then white (greylisting is switched off)',
  ],
  [
    GREY,
    { kind: 'white', reason: 'retried' },
    'note',
    `answered grey (${REASONS.first}), then white (${REASONS.retried})`,
  ],
  [{ kind: 'white', reason: 'known' }, GREY, 'note', `answered white (${REASONS.known}), then grey (${REASONS.first})`],
  [
    FAILED_VERDICT,
    FAILED_VERDICT,
    'bad',
    'answered white, since something failed: disk is full; no mail is greylisted',
  ],
  [GREY, FAILED_VERDICT, 'bad', 'answered white, since'],
  [{ ...GREY, reason: 'failed' }, GREY, 'bad', 'answered grey, since something failed: the log says what; mail waits'],
])('attempts that are answered %j, then %j, are %s: %s', ([first, second, expected, words]) => {
  const findings = attemptFindings(first, second, HOW);
  expect(states(findings)).toBe(expected);
  expect(findings[0]?.text).toContain(words);
});

test('where attempts are answered otherwise, the command that explains it is told', () => {
  const [finding] = attemptFindings({ kind: 'white', reason: 'known' }, GREY, HOW);
  expect(finding?.mend).toMatch(/^ASK explain 192\.0\.2\.\d+ \S+@\S+ \S+@\S+ tells /);
});

test.for<[because: string, cure: string]>([
  ['Error: database is locked', 'fuser -v'],
  ['Error: ENOSPC: no space left on device, write', 'make room'],
  ['Error: database or disk is full', 'make room'],
  ['Error: attempt to write a readonly database', 'dmesg'],
  ['Error: disk I/O error', 'dmesg'],
  ['EROFS: read-only file system, open', 'dmesg'],
  ['EIO: i/o error, write', 'dmesg'],
  ['deadline passed', 'dns_timeout'],
  ['no such table: tuple', 'the log of ddgreyd'],
])('what fails because of %j: %s', ([because, cure]) => {
  const failed: Verdict = { kind: 'white', reason: 'failed', because };
  const cures = [...attemptFindings(failed, failed, HOW), unchangedFinding(because), failingDaemonFinding(because)];
  for (const { mend } of cures) expect(mend).toContain(cure);
});

test('a daemon that fails is named with what it says', () => {
  expect(failingDaemonFinding('no room')).toMatchObject({
    state: 'bad',
    about: 'daemon',
    text: 'answers, but not what it was asked: no room',
  });
  expect(unchangedFinding('no room')).toMatchObject({
    state: 'bad',
    about: 'database',
    text: 'takes no changes: no room; on_failure decides about who waited',
  });
});

test('checks that on_failure decided are noted', () => {
  expect(failedFindings({ 'reason first': 3 })).toEqual([]);
  expect(failedFindings({ 'reason failed': 2 })).toMatchObject([
    { state: 'note', about: 'checks', text: 'on_failure decided 2 since the start' },
  ]);
});

test.for<[greeting: CentralFacts['greeting'], state: string, text: string, mend?: string]>([
  [{ line: '200 OK - Waiting for commands !' }, 'good', 'answers'],
  [{ line: '500 Access denied' }, 'bad', 'says "500 Access denied"; this server decides alone', 'GreydAccess'],
  [{ line: "421 I'm too busy" }, 'bad', 'says "421 I\'m too busy"; this server decides alone', 'GREY_SOCKET'],
  [{ line: '220 mx ESMTP' }, 'bad', 'says "220 mx ESMTP"; this server decides alone', 'GREY_SOCKET'],
  [{ problem: 'no word' }, 'bad', 'does not answer: no word; this server decides alone', 'listen greyd'],
])('a central server that greets with %j is %s: %s', ([greeting, state, text, mend]) => {
  const [finding] = centralFindings({ address: '192.0.2.1:2012', greeting });
  expect(finding).toMatchObject({ state, about: 'central server 192.0.2.1:2012', text });
  expect(finding?.mend ?? '').toContain(mend ?? '');
});

test.for<[days: number, expected: string, word: string]>([
  [-1, 'bad', 'expired on 2026-09-20; other servers do not take it any more'],
  [0, 'note', 'expires on 2026-09-21'],
  [13, 'note', 'expires on 2026-10-04'],
  [14, 'good', 'is good until 2026-10-05'],
])('a certificate that is good for %i days is %s: %s', ([days, expected, word]) => {
  const now = Date.UTC(2026, 8, 21) / 1000;
  const [finding] = certificateFindings({ path: '/c', until: now + days * 86_400 }, now, 'reload it');
  expect(finding).toMatchObject({ state: expected, about: 'certificate /c', text: word });
  expect(finding?.mend).toBe(expected === 'good' ? undefined : 'renew it, then reload it');
});

test.for<[megabytes: number, expected: string]>([
  [0, 'bad'],
  [9.9, 'bad'],
  [10, 'note'],
  [199.9, 'note'],
  [200, 'good'],
])('%f MB of free space are %s', ([megabytes, expected]) => {
  const [finding] = spaceFindings({ directory: '/d', free: megabytes * 1024 * 1024 });
  expect(finding).toMatchObject({ state: expected, about: 'disk space in /d' });
  expect(finding?.text).toContain(`${Math.floor(megabytes)} MB are free`);
});

test.for<[text: string, words: readonly string[]]>([
  ['grey_default 290s', []],
  ['grey_default 901s\ngrey_long 2h\ngrey_max 3h\nretry 24h', ['unknown senders wait']],
  ['grey_default 15m\ngrey_long 2h\ngrey_max 3h\nretry 24h', []],
  ['grey_default 290s\nGREY_CHECK no', ['switched off']],
  ['grey_default 1h\nretry 12h\ngrey_long 2h\ngrey_max 3h', ['wait 60 minutes', '12 hours only']],
  ['grey_default 290s\non_failure grey', ['whenever something fails']],
  ['grey_default 290s\npeer mx2.example.org', ['plain text']],
  ['grey_default 290s\npeer mx2\npeer_tls require\npeer_certificate c\npeer_key k\npeer_ca a', []],
  ['grey_default 290s\nanswer_deadline 6s', []],
  ['grey_default 290s\nanswer_deadline 7s\ndns_timeout 3s', ['may take 7 seconds']],
  [
    'grey_default 290s\nanswer_deadline 30s',
    ['may take 30 seconds; with the pieces in conf/ mail servers let mail pass after 7'],
  ],
  ['grey_default 290s\nreport_verify yes\nlisten policy 127.0.0.1:10023', ['report as spam is refused, since nothing']],
  ['grey_default 290s\nreport_verify yes\nservice exim4', []],
  ['grey_default 290s\nreport_verify yes\nlisten milter 127.0.0.1:10034', []],
  ['grey_default 290s\nreport_verify yes\nserver_read mx2.example.org', []],
])('of %j it notes %j', ([text, words]) => {
  const { errors, ...read } = readConfig('ddgrey.conf', () => text);
  expect(errors).toEqual([]);
  const [good, ...notes] = configFindings({ ...read, errors, warnings: [] }, 'ddgrey.conf', '');
  expect(good).toEqual({ state: 'good', about: 'configuration', text: 'ddgrey.conf has no errors' });
  expect(notes.map((finding) => finding.text)).toEqual(words.map((word) => expect.stringContaining(word)));
});

test('mistakes of a configuration are told with what would be right, and what comes of them', () => {
  const text = 'rety 3d\nretry soon\nxyzzy 1\ngrey_max 61d\ngrey_default 290s\nGREY_CHECK no';
  const read = readConfig('ddgrey.conf', () => text);
  const findings = configFindings({ ...read, warnings: ['something odd'] }, 'ddgrey.conf', 'ddgreyd --check-config');
  expect(findings).toMatchObject([
    { state: 'bad', text: 'ddgrey.conf:1: rety: there is no such option', mend: 'did you mean retry?' },
    { state: 'bad', text: 'ddgrey.conf:2: retry: "soon" is not allowed', mend: expect.stringMatching(/^allowed: /) },
    { state: 'bad', text: 'ddgrey.conf:3: xyzzy: there is no such option', mend: 'change that line, or take it out' },
    { state: 'note', text: expect.stringContaining('refuse to start'), mend: 'ddgreyd --check-config' },
    { state: 'note', about: 'configuration', text: 'something odd' },
    { state: 'note', text: 'greylisting is switched off' },
  ]);
});

test.for([
  ['/nonexistent/d.conf', 'no such file', 'install -D -m 644 /opt/ddgrey/conf/ddgrey.conf /nonexistent/d.conf'],
  ['/', 'it is a directory', 'name a file that can be read: --config FILE'],
  ['/', 'permission denied', 'run ddgrey doctor as root'],
] as const)('of the configuration %s that cannot be read, %s, it is told: %s', ([file, problem, mend]) => {
  const cause = `cannot read ${file}: ${problem}`;
  const finding = unreadableConfig(cause, file, '/opt/ddgrey/conf/ddgrey.conf');
  expect(finding).toEqual({ state: 'bad', about: 'configuration', text: cause, mend });
});

const GOOD_POLICY = 'GreyCheckFrom:example.com NO\n';

test.for<[option: NamedFile['option'], text: string, policyProblem: string | undefined, expected: string]>([
  ['policy', GOOD_POLICY, undefined, 'good: has no errors'],
  [
    'policy',
    GOOD_POLICY,
    'cannot read p: permission denied',
    "bad: the daemon says: cannot read p: permission denied;.* -> let the daemon's user read it: chmod o\\+r /x, ",
  ],
  [
    'policy',
    `${GOOD_POLICY}GreyCheckFrom:a.example MAYBE\n`,
    'p:2: no',
    'bad: line 2: GreyCheckFrom:a.example.*; a running daemon keeps',
  ],
  ['policy', GOOD_POLICY.repeat(2), undefined, 'note: line 2: GreyCheckFrom:example.com: has no effect'],
  ['policy', GOOD_POLICY.repeat(4), undefined, 'note: line 2: [^;]*; line 3: [^;]*; line 4: [^;]* -> '],
  ['policy', GOOD_POLICY.repeat(5), undefined, 'note: line 2: [^;]*; line 3: [^;]*; line 4: [^;]*; 1 more -> '],
  ['policy', GOOD_POLICY.repeat(9), undefined, 'note: line 2: [^;]*; line 3: [^;]*; line 4: [^;]*; 5 more -> '],
  ['traps', 'a@example.org: hard\n', 'cannot read p', 'good: has no errors'],
  [
    'traps',
    'a@example.org: hard\nb@example.org\n',
    undefined,
    'bad: line 2: "b@example.org" does not end.*; these lines trap nobody -> correct the file',
  ],
])('the %s file %j, with the daemon telling %j: %s', ([option, text, policyProblem, expected]) => {
  const findings = fileFindings({ option, path: '/x', content: { text } }, policyProblem);
  expect(findings.map((finding) => `${finding.state}: ${finding.text} -> ${finding.mend ?? ''}`)).toEqual([
    expect.stringMatching(new RegExp(`^${expected}`)),
  ]);
  expect(findings[0]?.about).toBe(`${option} file /x`);
});

test.for([
  ['no such file', false, 'bad', 'make it, or take it out of the option traps'],
  ['permission denied', true, 'note', 'as root'],
] as const)('a file with %j', ([problem, denied, state, mend]) => {
  const findings = fileFindings({ option: 'traps', path: '/x', content: { problem, denied } }, undefined);
  expect(findings).toMatchObject([
    { state, text: expect.stringContaining(problem), mend: expect.stringContaining(mend) },
  ]);
});

test.for(['policy', 'traps'] as const)('what the daemon does without the %s file', (option) => {
  const [finding] = fileFindings({ option, path: '/x', content: { problem: 'gone', denied: false } }, undefined);
  expect(finding?.text).toMatch(
    new RegExp(`^gone; a running daemon keeps the ${option} that it has, and a restarted one would refuse to start$`),
  );
});

const HOW: HowToRun = { start: 'START', restart: 'RESTART', reload: 'RELOAD', check: 'CHECK', ask: 'ASK' };

test.for<[started: string, read: string, files: string, expected: readonly [text: string, mend?: string][]]>([
  ['retry 3d', 'retry 3d', 'retry 72h', [['is what the configuration says']]],
  [
    '',
    'port 7',
    'port 7\nretry 3d',
    [
      ['restart: port', 'RESTART'],
      ['read again: retry', 'RELOAD'],
    ],
  ],
  ['name a', 'name b\nretry 3d', 'name a\nretry 3d', [['is what the configuration says']]],
  ['', '', 'listen policy [::1]:1\nname a', [['restart: name, listen', 'RESTART']]],
  ['', 'accept 192.0.2.1', 'accept 192.0.2.1', [['restart: accept', 'RESTART']]],
  ['peer mx2', 'peer mx2', 'peer mx2\naccept 192.0.2.1', [['read again: accept', 'RELOAD']]],
])('started with %j, %j read, %j in the files: %j', ([started, read, files, expected]) => {
  const [before, now, later] = [started, read, files].map((text) => readConfig('d', () => text).config);
  if (before === undefined || now === undefined || later === undefined) throw new Error('no configuration');
  const findings = inForceFindings(
    later,
    { options: writtenValues(withoutRestart(before, now)), fixed: fixedBy(before) },
    HOW,
  );
  expect(findings.map(({ state, text, mend }) => [state, text, mend])).toEqual(
    expected.map(([text, mend]) => [mend === undefined ? 'good' : 'bad', expect.stringContaining(text), mend]),
  );
});

test.for<[silence: Silence, text: string, mend: string]>([
  [{ process: undefined, denied: false }, 'no answer', 'start it: START'],
  [
    { process: 7, denied: false },
    'no answer (process 7 is, on this directory)',
    'wait if its log says that the database is brought up to date; else restart it: RESTART',
  ],
  [{ process: 7, denied: true }, 'no answer', "run ddgrey doctor as root or as the daemon's user"],
])('of a daemon that does not answer, %j: %s, %s', ([silence, text, mend]) => {
  expect(silentDaemonFinding('no answer', silence, HOW)).toEqual({ state: 'bad', about: 'daemon', text, mend });
});

test.for<[running: string, since: number, finding: Partial<Finding>]>([
  ['1.2.0', 1001, { state: 'good', text: 'ddgreyd 1.2.0 answers' }],
  ['1.2.0', 995, { state: 'good', text: 'ddgreyd 1.2.0 answers' }],
  ['1.1.0', 1001, { state: 'bad', text: 'ddgreyd 1.1.0 answers, but this is 1.2.0', mend: 'restart it: RESTART' }],
  [
    '1.2.0',
    900,
    {
      state: 'note',
      text: 'ddgreyd 1.2.0 answers, but was started before the last upgrade',
      mend: 'restart it: RESTART',
    },
  ],
])('of ddgreyd %s since %i, where 1.2.0 is installed since 1000: %j', ([version, since, finding]) => {
  const installed = { version: '1.2.0', since: 1000 };
  expect(versionFinding({ version, since }, installed, HOW)).toEqual({ about: 'daemon', ...finding });
});

const ETC = '/etc/ddgrey/ddgrey.conf';

test.for<[directory: string | undefined, file: string | undefined, start: string, reload: string]>([
  [undefined, undefined, 'systemctl start ddgrey', 'systemctl reload ddgrey'],
  ['/srv/d', undefined, 'ddgreyd -D /srv/d', 'kill -HUP $(cat /srv/d/ddgreyd.pid)'],
  ['/srv/d', ETC, `ddgreyd -D /srv/d -c ${ETC}`, 'kill -HUP $(cat /srv/d/ddgreyd.pid)'],
  [undefined, '/c', 'ddgreyd -D /var/lib/ddgrey -c /c', 'kill -HUP $(cat /var/lib/ddgrey/ddgreyd.pid)'],
  ['/srv/d', '/srv/c', 'ddgreyd -D /srv/d -c /srv/c', 'kill -HUP $(cat /srv/d/ddgreyd.pid)'],
  ['/srv/a b', '/c d', "ddgreyd -D '/srv/a b' -c '/c d'", "kill -HUP $(cat '/srv/a b/ddgreyd.pid')"],
])('with -D %s -c %s it is started by %s', ([directory, file, start, reload]) => {
  expect(howToRun(locateConfig({ directory, config: file }))).toEqual(
    start.startsWith('systemctl')
      ? { start, restart: 'systemctl restart ddgrey', reload, check: 'ddgreyd --check-config', ask: 'ddgrey' }
      : {
          start,
          restart: `${reload.replace(' -HUP', '')}, then ${start}`,
          reload,
          check: `${start} --check-config`,
          ask: start.replace('ddgreyd', 'ddgrey').replace(' -c ', ' --config '),
        },
  );
});

test.for<[isThere: boolean, user: string | undefined, text: string, mend: string]>([
  [false, undefined, 'does not exist', "mkdir '/a b'"],
  [false, 'joe', 'does not exist', "install -d -o joe '/a b'"],
  [true, undefined, 'this user may not make files there, so ddgreyd would not start', "chmod u+wx '/a b'"],
  [
    true,
    'joe',
    'user joe (option user) may not make files there, so ddgreyd would not start',
    "chown -R joe '/a b', or name its owner as user",
  ],
])('a directory that is there: %j, for the user %s: %s', ([isThere, user, text, mend]) => {
  const finding = directoryFinding({ directory: '/a b', isThere, user });
  expect(finding).toEqual({ state: 'bad', about: 'directory /a b', text, mend });
});

test('findings are lines, with what to do below them, and a sum', () => {
  const finding: Finding = { state: 'bad', about: 'clock', text: 'is wrong', mend: 'set it' };
  const note: Finding = { state: 'note', about: 'peer', text: 'waits' };
  expect(formatFindings([finding, note, finding])).toBe(
    `${'BAD   clock: is wrong\n      -> set it\n'}note  peer: waits\n${'BAD   clock: is wrong\n      -> set it\n'}\n2 things are wrong.\n`,
  );
  expect(formatFindings([{ state: 'good', about: 'DNS', text: 'answers' }, finding])).toBe(
    'ok    DNS: answers\nBAD   clock: is wrong\n      -> set it\n\n1 thing is wrong.\n',
  );
  expect(formatFindings([note])).toBe('note  peer: waits\n\nNothing is wrong.\n');
});
