// docs/migration.md names only what there is here, and all that there is elsewhere.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/commands.ts';
import { OPTIONS } from '../src/config/options.ts';
import { readConfig } from '../src/config/read-config.ts';
import { PASS_AGE, PASS_USES } from '../src/policy/pass.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../docs/migration.md'), 'utf8');
/** The right column of its tables, and the prose. */
const OURS = TEXT.split('\n')
  .map((line) => (line.startsWith('|') ? (line.split('|')[2] ?? '') : line))
  .join('\n');
const NAMED = [...OURS.matchAll(/`([^`]+)`/g)].map(([, words = '']) => words.replaceAll('\n', ' '));
const NAMES = new Set(Object.entries(OPTIONS).flatMap(([name, { aliases }]) => [name, ...(aliases ?? [])]));

/** What the page says of others, or of our protocol. */
const FOREIGN = ['check_quit', 'check_and_quit', 'smtpd_recipient_restrictions', 'access_map_defer_code'];
const withValues = NAMED.filter((words) => /^\w+ \S/.test(words) && NAMES.has(words.split(' ')[0] ?? ''));

test('it names many options', () => {
  expect(NAMED.filter((words) => NAMES.has(words)).length).toBeGreaterThan(15);
  expect(withValues.length).toBeGreaterThan(10);
});

test.for(NAMED.filter((words) => /^(?:[a-z0-9]+_\w+|GREY_\w+)$/.test(words)))('%s is an option', (name) => {
  expect([...NAMES, ...FOREIGN]).toContain(name);
});

test.for(withValues)('%s can stand in the configuration', (line) => {
  // Whether it fits the other values is another matter.
  const { errors } = readConfig('ddgrey.conf', () => `\n${line}`);
  expect(errors.filter(({ message }) => message.includes('is not allowed'))).toEqual([]);
});

test.for(NAMED.filter((words) => /^ddgrey [a-z]/.test(words)))('%s is a command', (words) => {
  expect(COMMANDS.map(({ name }) => name)).toContain(words.split(' ')[1]);
});

test('servers are named with their ports, since that of an original is another than by the systemd unit', () => {
  const named = TEXT.match(/`(?:server_read|peer) [A-Z]+[^`]*`/g) ?? [];
  expect(named.map((line) => /OLDHOST 722`|NEWHOST 1722`/.test(line))).toEqual([true, true, true]);
});

test.for([
  'grey_min 10s',
  'GREY_FROM_COMPONENT HOST',
  'GREY_VALIDLIST_LIFETIME 2w',
  'GREY_MIN_DELAY_NULLSENDER 25m',
  'GREY_MAX_DELAY_NULLSENDER 1d',
  'GREY_PENDING_NORMAL 50',
  'GREY_PENDING_NULLSENDER 6',
])('%s is named, and is so without a line', (line) => {
  expect(NAMED).toContain(line);
  const configOf = (text: string) => readConfig('ddgrey.conf', () => text).config;
  expect(configOf(line)).toEqual(configOf(''));
});

test('what makes a pass is told in the figures of the code', () => {
  const told = TEXT.match(/\d+ uses and \d+ days/g) ?? [];
  expect(new Set(told)).toEqual(new Set([`${PASS_USES} uses and ${PASS_AGE / 86_400} days`]));
});

/** The options of the others, by their manuals and configuration files: postgrey 1.37, sqlgrey 1.8, greylistd 0.9, milter-greylist 4.6. */
const THEIRS: Readonly<Record<string, string>> = {
  'ddgrey (Perl, 0.4)': `user trusted search_duration retry policy_duration grey_default grey_short grey_min grey_max blacklist
    rbls service exim4_mainlog exim4_unknown traps hard_trap soft_trap report_verify name port accept_reader accept_writer accept
    server server_read server_write peer --dir --debug`,
  'ze-filter': `GREY_CHECK GREY_MODE GREY_SOCKET GREY_CONNECT_TIMEOUT GREY_MIN_DELAY_NORMAL GREY_MIN_DELAY_NULLSENDER
    GREY_MAX_DELAY_NORMAL GREY_MAX_DELAY_NULLSENDER GREY_VALIDLIST_LIFETIME GREY_WHITELIST_LIFETIME GREY_BLACKLIST_LIFETIME
    GREY_MAX_PENDING_NORMAL GREY_MAX_PENDING_NULLSENDER GREY_COMPAT_DOMAIN_CHECK GREY_IP_COMPONENT GREY_FROM_COMPONENT
    GREY_TO_COMPONENT GREY_REPLY GREY_CLEANUP_INTERVAL GREY_DEWHITE_FLAGS GREY_LOG_FILE LOG_GREY_CLEANING GREYD_SOCKET_LISTEN
    GREYD_LOG_FACILITY GREYD_LOG_LEVEL GREYDDIR GREYD_PID_FILE GREYD_CLIENT_IDLE_MAX FROM_PASS_TOKEN TO_PASS_TOKEN
    GREY_DEWHITELIST_THRESHOLD -n -t -T -a -s -d -u -g -w -l -v -i`,
  postgrey: `--verbose --syslog-facility --quiet --unix --socketmode --inet --daemonize --pidfile --user --group --dbdir --delay
    --max-age --retry-window --greylist-action --greylist-text --lookup-by-subnet --ipv4cidr --ipv6cidr --lookup-by-host --privacy
    --hostname --exim --whitelist-clients --whitelist-recipients --auto-whitelist-clients --listen-queue-size --x-greylist-header`,
  sqlgrey: `conf_dir loglevel log_override log_ident user group inet unix pidfile reconnect_delay max_connect_age
    connect_src_throttle awl_age group_domain_level db_type db_name db_host db_port db_user db_pass db_dsn db_prepare_cache
    db_cleandelay clean_method db_cluster read_hosts prepend greymethod optmethod discrimination discrimination_add_rulenr
    reject_first_attempt reject_early_reconnect reject_code whitelists_host admin_mail clients_ip_whitelist clients_fqdn_whitelist`,
  greylistd: `retryMin retryMax expire path mode update statefile tripletfile savetriplets singlecheck singleupdate add delete
    check stats mrtg list save reload clear -netmask whitelist-hosts`,
  'milter-greylist': `racl dacl list addr domain from rcpt domainexact extendedregex dnsrbl greylist delay autowhite timeout lazyaw
    subnetmatch subnetmatch6 quiet report noauth noaccessdb nospf geoipdb urlcheck ldapconf p0fsock spamdsock tarpit peer syncaddr
    syncsrcaddr dumpfile dumpfreq socket user pidfile nodetach verbose stat`,
};

test.for(Object.entries(THEIRS))('what becomes of every option of %s', ([program, options]) => {
  const section = TEXT.split(/^## /m).find((part) => part.startsWith(`From ${program}\n`)) ?? '';
  const left = [...section.matchAll(/^\|([^|]*)\|/gm)].map(([, cell]) => cell).join('\n');
  const named = new Set([...left.matchAll(/`([^`]*)`/g)].flatMap(([, words = '']) => words.split(/[ =]+|\[=/)));
  expect(options.split(/\s+/).filter((option) => !named.has(option))).toEqual([]);
});
