import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeValues } from './config-values.ts';
import { formatProblem } from './option-lines.ts';
import { OPTION_NAMES, OPTIONS, type OptionName } from './options.ts';
import { type ReadConfig, readConfig } from './read-config.ts';

const SHORT_DELAYS = 'grey_min 1\ngrey_short 1\ngrey_default 1\ngrey_long 1\ngrey_max 1';

/** Its greylisting options, with the values of its own configuration file. */
const ZE_FILTER = `GREY_CHECK YES
GREY_MODE STANDALONE
GREY_SOCKET inet:2012@127.0.0.1
GREY_CONNECT_TIMEOUT 10s
GREY_MIN_DELAY_NORMAL 10m
GREY_MIN_DELAY_NULLSENDER 10m
GREY_MAX_DELAY_NORMAL 3d
GREY_MAX_DELAY_NULLSENDER 6h
GREY_VALIDLIST_LIFETIME 1w
GREY_WHITELIST_LIFETIME 2w
GREY_BLACKLIST_LIFETIME 1d
GREY_MAX_PENDING_NORMAL 0
GREY_MAX_PENDING_NULLSENDER 0
GREY_COMPAT_DOMAIN_CHECK YES
GREY_IP_COMPONENT NET
GREY_FROM_COMPONENT HOST
GREY_TO_COMPONENT FULL
GREY_REPLY 451:4.3.2:Temporary failure ! Come back later, please !
GREY_CLEANUP_INTERVAL 10m
GREY_DEWHITE_FLAGS DomainMismatch
GREY_LOG_FILE file:ze-grey-expire
LOG_GREY_CLEANING NO
GREYD_SOCKET_LISTEN inet:2012@0.0.0.0
GREYD_LOG_FACILITY local6
GREYD_LOG_LEVEL 10
GREYDDIR /var/ze-filter/ze-greydb
GREYD_PID_FILE /var/run/ze-filter/ze-greyd.pid
GREYD_CLIENT_IDLE_MAX 300
FROM_PASS_TOKEN
TO_PASS_TOKEN`;

function read(text: string): ReadConfig {
  return readConfig('dd.conf', () => text);
}

function problems(text: string): { errors: string[]; warnings: string[] } {
  const { errors, warnings } = read(text);
  return { errors: errors.map(formatProblem), warnings: warnings.map(formatProblem) };
}

test('an empty file sets nothing: every option has its default', () => {
  const { config, origins, errors, warnings } = read('');
  expect(config).toEqual(Object.fromEntries(OPTION_NAMES.map((name) => [name, OPTIONS[name].default])));
  expect([origins.size, errors, warnings]).toEqual([0, [], []]);
});

test.for<[text: string, name: OptionName, value: unknown]>([
  ['GREY_DEFAULT 5m', 'grey_default', 300],
  ['grey_min_delay_normal = 5m', 'grey_default', 300],
  ['GREY_MAX_DELAY_NORMAL=2d', 'retry', 172_800],
  ['GREY_MAX_PENDING_NORMAL 7', 'GREY_PENDING_NORMAL', 7],
  ['grey_check no', 'GREY_CHECK', false],
  ['server mx1 1722', 'server_read', [{ host: 'mx1', port: 1722 }]],
  ['peer mx.bücher.example', 'peer', [{ host: 'mx.xn--bcher-kva.example', port: 0 }]],
  ['name mx.bücher.example', 'name', 'mx.xn--bcher-kva.example'],
  ['GREY_SOCKET mx.bücher.example:1', 'GREY_SOCKET', { kind: 'tcp', host: 'mx.xn--bcher-kva.example', port: 1 }],
  ['retry 3d\nretry 4d', 'retry', 345_600],
])('%j sets %s to %j', ([text, name, value]) => {
  const { config, errors } = read(text);
  expect(errors).toEqual([]);
  expect(config[name]).toEqual(value);
});

test('a list grows with every line, in their order; protocols without a line keep their socket', () => {
  const { config } = read('trusted 192.0.2.1\nlisten policy 127.0.0.1:1\ntrusted 192.0.2.2 192.0.2.3');
  expect(OPTIONS.trusted.type.write(config.trusted)).toBe('192.0.2.1 192.0.2.2 192.0.2.3');
  expect(config.listen.map(({ protocol }) => protocol)).toEqual(['policy', 'greylist', 'sync']);
});

// A list that is copied for each line takes some minutes for these, and else they take a second.
test('further lines add to every value that is a list', () => {
  const lists = OPTION_NAMES.filter((name) => Array.isArray(OPTIONS[name].default));
  expect(OPTION_NAMES.filter((name) => OPTIONS[name].list === true)).toEqual(lists);
});

test('a list of many lines is read at once: a reload waits for it', { timeout: 20_000 }, () => {
  const lines = Array.from({ length: 150_000 }, (_, number) => `hard_trap trap${number}@example.org`);
  expect(read(lines.join('\n')).config.hard_trap).toHaveLength(150_000);
});

test('all errors come at once, each with its line and what is allowed', () => {
  const text = ['retry soon enough', 'GREY_DEFALT 5m', 'log_format xml', 'no_such_thing 1', 'trusted'].join('\n');
  expect(problems(text).errors).toEqual([
    `dd.conf:1: retry: "soon enough" is not allowed; allowed: ${OPTIONS.retry.type.allowed}`,
    'dd.conf:2: GREY_DEFALT: there is no such option; did you mean grey_default?',
    'dd.conf:3: log_format: "xml" is not allowed; allowed: text or json',
    'dd.conf:4: no_such_thing: there is no such option',
    `dd.conf:5: trusted: no value given; allowed: ${OPTIONS.trusted.type.allowed}`,
  ]);
});

test('errors are in the order of files and lines, however they were found', () => {
  const files: { readonly [path: string]: string } = {
    '/a': 'include b\ngrey_default 70d\nretry soon now\nsearch_duration 9d\nanswer_deadline 2h\ngrey "\nrety 1',
    '/b': 'rety 1\nlog_level "',
  };
  const { errors } = readConfig('/a', (path) => files[path] ?? '');
  const places = errors.map(({ file, line }) => `${file}:${line}`);
  expect(places).toEqual(['/a:3', '/a:5', '/a:6', '/a:7', '/b:1', '/b:2']);
});

test('an error of values together is among the others by its line', () => {
  const { errors } = read('grey_default 70d\nanswer_deadline 2h\nrety 1');
  expect(errors.map(({ line }) => line)).toEqual([1, 2, 3]);
});

test.for<[text: string, error: string]>([
  [
    'answer_deadline 0',
    'answer_deadline: "0" is not allowed; allowed: a time such as 290s, 10m, 4h, 3d, 2w or "4 hours", from 1s to 1h',
  ],
  [
    'search_duration 100000d',
    `search_duration: "100000d" is not allowed; allowed: ${OPTIONS.search_duration.type.allowed}`,
  ],
  [
    'GREY_VALIDLIST_LIFETIME 0',
    `GREY_VALIDLIST_LIFETIME: "0" is not allowed; allowed: ${OPTIONS.GREY_VALIDLIST_LIFETIME.type.allowed}`,
  ],
  ...(
    [
      ['policy 127.0.0.256:10023', '"127.0.0.256:10023" is no address'],
      ['policy inet:10023', '"inet:10023" is no address; write 127.0.0.1:10023, or 0.0.0.0:10023 for all'],
      ['policy inet6:10023', '"inet6:10023" is no address; write [::1]:10023, or [::]:10023 for all'],
      ['policy *:10023', '"*:10023" is no address; write 127.0.0.1:10023, or 0.0.0.0:10023 for all'],
      ['policy 65536', '"65536" is no address; write a port of at most 65535'],
      ['policy 127.0.0.1:65536', '"127.0.0.1:65536" is no address; write a port of at most 65535'],
      ['policy 65535', '"65535" is no address; write 127.0.0.1:65535, or 0.0.0.0:65535 for all'],
      ['policy /run/a', '"/run/a" is no address; write unix:/run/a'],
      ['policy', 'no address given'],
      ['postfix 127.0.0.1:10023', '"postfix" is no protocol'],
      ['unix:/run/a', '"unix:/run/a" is no protocol'],
      ['policy 127.0.0.1:10023 mode=0660', 'mode= and group= are for unix sockets'],
      ['policy 127.0.0.1 10023', '"127.0.0.1" is no address'],
      ['policy unix:a mode=0999', '"mode=0999" is not allowed'],
      ['policy unix:a group=a user=b', '"user=b" is not allowed'],
    ] as const
  ).map(([value, wrong]): [string, string] => [
    `listen ${value}`,
    `listen: ${wrong}; allowed: ${OPTIONS.listen.type.allowed}`,
  ]),
  ['port 70000', 'port: "70000" is not allowed; allowed: a port from 1 to 65535, or 0 for the usual one'],
  [
    'hard_trap a@ nobody',
    'hard_trap: "nobody" is not allowed; allowed: user@domain, user@ or a domain, without * and in UTF-8; or none',
  ],
  ['peer_ca sha256:zz', `peer_ca: "sha256:zz" is not allowed; allowed: ${OPTIONS.peer_ca.type.allowed}`],
  [
    'GREY_REPLY 451:4.2.0:{who} {wait}, {id} {what}',
    `GREY_REPLY: {who} and {what}: no such placeholder; allowed: ${OPTIONS.GREY_REPLY.type.allowed}`,
  ],
  [
    'GREY_REPLY 551:5.2.0:{who}',
    `GREY_REPLY: "551:5.2.0:{who}" is not allowed; allowed: ${OPTIONS.GREY_REPLY.type.allowed}`,
  ],
  [
    'trusted 10.0.0.0/33 mx1 300.1.1.1 -foo',
    `trusted: "10.0.0.0/33", "300.1.1.1" and "-foo" are not allowed; allowed: ${OPTIONS.trusted.type.allowed}`,
  ],
  [
    'trusted 10.0.0.0/8, 192.168.0.0/16',
    `trusted: write blanks between the values, and no commas; allowed: ${OPTIONS.trusted.type.allowed}`,
  ],
  [
    'trusted 10.0.0.0/8,192.168.0.0/36',
    `trusted: "10.0.0.0/8,192.168.0.0/36" is not allowed; allowed: ${OPTIONS.trusted.type.allowed}`,
  ],
  [
    'rbls spamcop, uce-2',
    `rbls: write blanks between the values, and no commas; allowed: ${OPTIONS.rbls.type.allowed}`,
  ],
  [
    'peer mx1.example.org:722',
    `peer: write a blank before the port: mx1.example.org 722; allowed: ${OPTIONS.peer.type.allowed}`,
  ],
  [
    'peer [2001:db8::1]:722',
    `peer: write a blank before the port: 2001:db8::1 722; allowed: ${OPTIONS.peer.type.allowed}`,
  ],
])('%j: one error that says what is wrong and what would be right', ([text, error]) => {
  expect(problems(text).errors).toEqual([`dd.conf:1: ${error}`]);
});

test('what ze-filter ships is read without an error; what has no effect here is named', () => {
  const { errors, warnings } = problems(ZE_FILTER);
  expect(errors).toEqual([]);
  expect(warnings.map((warning) => warning.replace(/^dd\.conf:\d+: (\w+):.*/, '$1'))).toEqual([
    'GREY_DEWHITE_FLAGS',
    'GREY_LOG_FILE',
    'LOG_GREY_CLEANING',
    'GREYD_SOCKET_LISTEN',
    'GREYD_LOG_FACILITY',
    'GREYD_LOG_LEVEL',
    'GREYDDIR',
    'GREYD_PID_FILE',
    'GREYD_CLIENT_IDLE_MAX',
    'FROM_PASS_TOKEN',
    'TO_PASS_TOKEN',
  ]);
});

test('the errors of several files come in the order of files and lines', () => {
  const files: { readonly [path: string]: string } = {
    '/dd.conf': 'rbls nosuchlist\ninclude more\n\nretry soon\nport x',
    '/more': '"open\nrbl_score foo -1\npeer_tls may\nlog_level 9',
  };
  const { errors } = readConfig('/dd.conf', (path) => files[path] ?? '');
  const broken = errors.map(({ file, line }) => `${file}:${line}`);
  expect(broken).toEqual(['/dd.conf:4', '/dd.conf:5', '/more:1', '/more:4']);
  const mended = readConfig('/dd.conf', (path) => (files[path] ?? '').replace('"open', ''));
  const all = ['/dd.conf:1', '/dd.conf:4', '/dd.conf:5', ...['2', '3', '3', '3', '4'].map((line) => `/more:${line}`)];
  expect(mended.errors.map(({ file, line }) => `${file}:${line}`)).toEqual(all);
});

test('what has no line comes first, then what is in the file that was read first, however late it was found', () => {
  const files: { readonly [path: string]: string } = {
    '/dd.conf': 'include one\ninclude two',
    '/one': 'rbls nosuchlist',
    '/two': 'port x',
  };
  const placeless = { file: '', line: 0, message: '' };
  const { errors } = readConfig(
    '/dd.conf',
    (path) => files[path] ?? '',
    () => [placeless],
  );
  expect(errors.map(({ file, line }) => `${file}:${line}`)).toEqual([':0', '/one:1', '/two:1']);
});

test('a line that is wrong sets nothing that a later one could set again', () => {
  const { errors, warnings } = problems('retry soon\nretry 3d');
  expect([errors.length, warnings]).toEqual([1, []]);
});

const FOR_ALL = 'whoever can connect there may do everything; a unix socket with mode=0660 and group=NAME is for few';

test.for<[text: string, warnings: string[]]>([
  ['retry 3d\nretry 4d', ['dd.conf:2: retry: already set as retry at dd.conf:1; this line counts']],
  [
    'GREY_MAX_DELAY_NORMAL 3d\n\nretry 4d',
    ['dd.conf:3: retry: already set as GREY_MAX_DELAY_NORMAL at dd.conf:1; this line counts'],
  ],
  ['user mail\nuser ddgrey', ['dd.conf:2: user: already set as user at dd.conf:1; this line counts']],
  ['trusted 192.0.2.1\ntrusted 192.0.2.2', []],
  [
    'grey_min 2h\ngrey_short 30m',
    ['dd.conf:2: grey_min (2h) is longer than grey_short (30m): clients with a better standing wait longer'],
  ],
  ['grey_default 10m\ngrey_short 10m', []],
  ['grey_default 290s', []],
  ['rbls spamcop sorbs', ['dd.conf:1: the list sorbs closed (June 2024) and is not asked']],
  [
    'dns_timeout 5s\non_failure grey',
    [
      'dd.conf:1: dns_timeout (5s) is no shorter than answer_deadline (5s): while the DNS is slow, new clients are answered grey by on_failure',
    ],
  ],
  ['answer_deadline 4s', []],
  ['peer mx2 1\npeer mx3\nserver_read MX2 1', ['dd.conf:3: mx2 1 is named twice, and read from twice']],
  ['peer mx2 1\npeer mx2 2', []],
  [
    'trusted 10.0.0.0/8\ntrusted 0.0.0.0/0',
    ['dd.conf:2: trusted 0.0.0.0/0 holds every IPv4 client: none is greylisted'],
  ],
  ['trusted ::/0', ['dd.conf:1: trusted ::/0 holds every IPv6 client: none is greylisted']],
  [
    'grey_min 2h\ngrey_max 1h',
    ['dd.conf:2: grey_min (2h) is longer than grey_max (1h): clients with a better standing wait longer'],
  ],
  [
    'GREY_DEWHITE_FLAGS DomainMismatch,NullSender',
    [
      'dd.conf:1: GREY_DEWHITE_FLAGS: DomainMismatch has no effect, as in ze-filter; what its manual means is DomainMatch',
      'dd.conf:1: GREY_DEWHITE_FLAGS: NullSender has no effect, as in ze-filter',
    ],
  ],
  ['greyd_socket_listen inet:1@::', ['dd.conf:1: greyd_socket_listen: has no effect here; write listen greyd ADDRESS']],
  [
    'peer_events mx1 spam nosuchevent\npeer_events mx2 entry_white',
    [
      "dd.conf:1: peer_events: nosuchevent is no event of ddgrey's own, which are check, ok, unknown, spam, relay, disconnect, smtp_no_mail, smtp_no_wait, smtp_connection_lost, hard_trap, soft_trap, manual, entry_white, entry_black and entry_removed",
    ],
  ],
  ['reputation no\ngrey_default 10m\ngrey_max 5m', []],
  [
    'exim4_mainlog /x\nexim4_unknown none',
    ['dd.conf:2: exim4_mainlog and exim4_unknown: no effect without service exim4: no log is followed'],
  ],
  ['service none\nexim4_mainlog /x', ['dd.conf:2: exim4_mainlog: no effect without service exim4: no log is followed']],
  ['exim4_mainlog /x\nservice exim4\npeer_ca none\npeer_key none', []],
  [
    'trusted 2001:db8::/32 2001:db8:1::',
    ['dd.conf:1: trusted: 2001:db8:1:: is one address; a network has its bits behind it, as in 2001:db8:1::/64'],
  ],
  [
    'peer_events 2001:db8::/32 ok\npeer_events 2001:db8:: ok',
    ['dd.conf:2: peer_events: 2001:db8:: is one address; a network has its bits behind it, as in 2001:db8::/64'],
  ],
  [
    'peer_key a\npeer_certificate b',
    [
      'dd.conf:1: peer_certificate and peer_key: no effect without peer_tls: connections between servers are not encrypted',
    ],
  ],
  [
    'GREY_VALIDLIST_LIFETIME 43199\nGREY_WHITELIST_LIFETIME 1h',
    [
      'dd.conf:1: GREY_VALIDLIST_LIFETIME (43199s) is shorter than 12h: who writes often is forgotten all the same, since use is noted every 6h',
      'dd.conf:2: GREY_WHITELIST_LIFETIME (1h) is shorter than 12h: who writes often is forgotten all the same, since use is noted every 6h',
    ],
  ],
  ['GREY_VALIDLIST_LIFETIME 12h\nGREY_WHITELIST_LIFETIME 0', []],
  [
    'search_duration 7d\nretry 3d\nblacklist 8d',
    [
      'dd.conf:1: search_duration (1w): accepted mails make a client white when they are 1w old, and do not count any more by then',
      'dd.conf:3: blacklist (8d) is longer than search_duration (1w): a blacklisting ends when its reports do not count any more',
    ],
  ],
  ['search_duration 8d\nretry 3d', []],
  ['blacklist 60d', []],
  ['reputation no\nblacklist 61d', []],
  [
    'listen sync inet:1733@127.0.0.1\nlisten policy inet:10023@127.0.0.1',
    [`dd.conf:1: listen sync 127.0.0.1:1733: ${FOR_ALL}`],
  ],
  [
    'listen greyd unix:g mode=0666\nlisten greylist unix:h mode=0666\nlisten sync unix:s mode=0662',
    [`dd.conf:1: listen greyd unix:g: ${FOR_ALL}`, `dd.conf:3: listen sync unix:s: ${FOR_ALL}`],
  ],
  ['listen sync unix:s mode=0660\nlisten greyd unix:g\nlisten greyd 127.0.0.1:1111', []],
])('%j warns %j', ([text, warnings]) => {
  expect(problems(text)).toEqual({ errors: [], warnings });
});

test.for<[text: string, error: string]>([
  ['grey_default 3d\nretry 2d', 'dd.conf:2: grey_default must be shorter than retry (2d), or no retry could ever pass'],
  ['grey_default 60d', 'dd.conf:1: grey_default must be shorter than retry (60d), or no retry could ever pass'],
  ['retry 12h', 'dd.conf:1: grey_long and grey_max must be shorter than retry (12h), or no retry could ever pass'],
  ['grey_min 1d\nretry 12h', 'dd.conf:2: grey_min, grey_long and grey_max must be shorter than retry'],
  ['reputation no\nretry 4h', 'dd.conf:2: grey_default must be shorter than retry'],
  [
    'search_duration 1d',
    'dd.conf:1: grey_max must be shorter than retry (1d, as search_duration: no line sets it), or',
  ],
  ['search_duration 9d\nretry 1d', 'dd.conf:2: grey_max must be shorter than retry (1d), or'],
  ['GREY_COMPAT_DOMAIN_CHECK yes\nretry 2d', 'dd.conf:2: with GREY_COMPAT_DOMAIN_CHECK twice grey_max, and at least'],
  ['retry 2d\ngrey_max 25h\n\nGREY_COMPAT_DOMAIN_CHECK yes', 'dd.conf:1: with GREY_COMPAT_DOMAIN_CHECK twice grey_max'],
  [
    `GREY_COMPAT_DOMAIN_CHECK yes\n${SHORT_DELAYS}\nretry 15m`,
    'dd.conf:7: with GREY_COMPAT_DOMAIN_CHECK twice grey_min, grey_short, grey_default, grey_long and grey_max, and at',
  ],
  [
    'GREY_MAX_DELAY_NULLSENDER 25m',
    'dd.conf:1: GREY_MIN_DELAY_NULLSENDER must be shorter than GREY_MAX_DELAY_NULLSENDER, or no bounce could ever pass',
  ],
  [
    'listen policy [::1]:1\nlisten greylist inet:1@::1',
    'dd.conf:2: listen: two lines with the same address, [::1]:1; choose',
  ],
  ['listen policy unix:ddgrey.socket', 'dd.conf:1: listen: unix:ddgrey.socket is the address of sync, which no line'],
  ['listen greylist unix:a\nlisten sync unix:a', 'dd.conf:2: listen: two lines with the same address, unix:a; choose'],
  [
    'port 7\npeer a.example\nlisten policy 127.0.0.1:7\nlisten milter 127.0.0.1:8',
    'dd.conf:3: listen: 127.0.0.1:7 is on the port to which other servers connect; choose another, or give them one with',
  ],
  [
    'listen peer 0.0.0.0:7\nlisten policy inet:7@127.0.0.1\nlisten milter 127.0.0.1:8',
    'dd.conf:2: listen: 0.0.0.0:7 and 127.0.0.1:7 take the same port; choose another for one of them',
  ],
  [
    'listen policy unix:./x//ddgrey.socket\nlisten sync unix:x/ddgrey.socket',
    'dd.conf:2: listen: two lines with the same address, unix:./x//ddgrey.socket and unix:x/ddgrey.socket; choose',
  ],
  [
    'rbl_zone own a.example\nrbl_zone OWN b.example\nrbl_zone c d.example',
    'dd.conf:2: rbl_zone: two lines with the name own',
  ],
  ['rbls spamcop\nrbls uce-2 NoSuchList\nrbls uce-3', 'dd.conf:2: rbls: there is no list nosuchlist; known: spamcop, '],
  ['rbl_zone own bl.example.org\nrbls other', 'dd.conf:2: rbls: there is no list other; known: own, spamcop, '],
  ['rbl_score foo -10\nrbl_score spamcop -5', 'dd.conf:1: rbl_score: there is no list foo; known: spamcop, '],
  ['peer_tls require', 'dd.conf:1: peer_tls require needs peer_ca too'],
  ['peer_tls require\npeer_ca sha256:zz', 'dd.conf:1: peer_tls require needs peer_key too'],
  ['peer_ca a.pem\npeer_tls may\npeer_key b', 'dd.conf:2: peer_tls may needs peer_certificate too'],
])('%j: right by themselves, but not together: %s', ([text, error]) => {
  expect(problems(text).errors.map((message) => message.slice(0, error.length))).toContain(error);
});

test.for([
  'grey_max 7199\ngrey_long 7199\ngrey_default 7199\nretry 2h',
  'retry 86401',
  'reputation no\nGREY_MIN_DELAY_NORMAL 10m\nGREY_MAX_DELAY_NORMAL 20h\nGREY_COMPAT_DOMAIN_CHECK yes',
  'GREY_COMPAT_DOMAIN_CHECK yes\nretry 172801',
  `GREY_COMPAT_DOMAIN_CHECK yes\n${SHORT_DELAYS}\nretry 901`,
  'GREY_MAX_DELAY_NULLSENDER 1501\ngrey_default 1500',
  'rbls own\nrbl_zone own bl.example.org\nrbl_score own -1\nrbls sorbs',
  'peer_tls require\npeer_certificate a\npeer_key b\npeer_ca c',
  'listen policy [::1]:0\nlisten policy [::1]:0',
  'peer a.example\nlisten policy 127.0.0.1:722\nlisten milter 127.0.0.1:1722',
  'listen policy [::1]:7\nlisten milter 127.0.0.1:7\nport 7\nlisten peer 127.0.0.2:7\npeer a.example',
])('%j is allowed', (text) => {
  expect(problems(text).errors).toEqual([]);
});

test.for<[text: string, retry: string, standard: string]>([
  ['', '60d', '60d'],
  ['search_duration 30d', '30d', '30d'],
  ['search_duration 30d\nretry 3d', '3d', '30d'],
  ['GREY_MAX_DELAY_NORMAL 3d\nsearch_duration 30d', '3d', '30d'],
])('%j: retry is %s, its default %s', ([text, retry, standard]) => {
  const { config, origins } = read(text);
  const shown = describeValues(config, origins).find(({ name }) => name === 'retry');
  expect([shown?.value, shown?.default]).toEqual([retry, standard]);
});

test.for<[name: 'rbls' | 'milter_spam_header', text: string, written: string]>([
  ['rbls', '', 'spamcop uce-2'],
  ['rbls', 'rbls uce-3', 'uce-3'],
  ['rbls', 'rbls uce-3\nrbls spamcop own', 'uce-3 spamcop own'],
  ['rbls', 'rbls none', 'none'],
  ['rbls', 'rbls uce-3\nrbls none', 'none'],
  ['rbls', 'rbls uce-3\nrbls none\nrbls spamcop', 'spamcop'],
  ['milter_spam_header', 'milter_spam_header X-A a\nmilter_spam_header X-B "b c"', 'X-A a\nX-B "b c"'],
])('%s after %j: %j', ([name, text, written]) => {
  const { config, origins } = read(text);
  expect(describeValues(config, origins).find((option) => option.name === name)?.value).toBe(written);
});

test('what an option follows is an option', () => {
  const followed = OPTION_NAMES.flatMap((name) => OPTIONS[name].follows ?? []);
  expect(followed).toEqual(['search_duration']);
  expect(OPTION_NAMES).toEqual(expect.arrayContaining(followed));
});

test('an option with a wrong value is not compared with others', () => {
  expect(problems('grey_default 70d\nretry soon').errors).toEqual([
    expect.stringContaining('retry: "soon" is not allowed'),
  ]);
});

test('no text makes the reader throw', () => {
  const piece = fc.constantFrom(
    ...OPTION_NAMES,
    'include',
    ' ',
    '=',
    '\n',
    '"',
    "'",
    '#',
    '10m',
    '192.0.2.1',
    'unix:a',
    '\\',
  );
  const text = fc
    .array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 40 })
    .map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, (given) => {
      const { errors, warnings } = read(given);
      for (const { message } of [...errors, ...warnings]) expect(message).not.toBe('');
    }),
  );
});

test('a configuration that was written out reads back as the same', () => {
  const { config, origins } = read(
    'trusted 192.0.2.0/24 mx1\nlisten policy [::1]:1\nlisten sync "unix:a b"\nretry 90h\nrbl_score a -1\nrbl_score b -2',
  );
  const written = describeValues(config, origins).filter(({ setAt }) => setAt !== undefined);
  const lines = written.flatMap(({ name, value }) => value.split('\n').map((line) => `${name} ${line}`));
  expect(read(lines.join('\n')).config).toEqual(config);
});

test('what is in force tells where it was set and what the default is', () => {
  const { config, origins } = read('\nGREY_MAX_DELAY_NORMAL 3d');
  const options = describeValues(config, origins);
  expect(options.map(({ name }) => name)).toEqual(OPTION_NAMES);
  expect(options.find(({ name }) => name === 'retry')).toEqual({
    name: 'retry',
    value: '3d',
    default: '60d',
    setAt: 'dd.conf:2',
  });
  expect(options.filter(({ setAt }) => setAt !== undefined)).toHaveLength(1);
});
