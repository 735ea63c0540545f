// white, black, entries, forget, export and import against the real sync server.
import { appendFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LONGEST_RECORD } from '../lib/line-protocol.ts';
import { UsageError } from '../lib/usage-error.ts';
import { type FakeDaemon, startFakeDaemon } from '../peers/fake-daemon.ts';
import { NOW, REPORT, STANDING, TRUSTED } from '../peers/fake-sync-parts.ts';
import type { Check } from '../policy/check.ts';
import type { Flag } from './command.ts';
import { COMMANDS } from './commands.ts';
import { type Printed, printed } from './printed.ts';
import { formatTime } from './render.ts';
import { NO_SCREEN } from './screen.ts';

let daemon: FakeDaemon;
let progress: string[];

beforeEach(async () => {
  daemon = await startFakeDaemon('blacklist 60d', 'GREY_WHITELIST_LIFETIME 3w');
  progress = [];
});

afterEach(async () => {
  await daemon[Symbol.asyncDispose]();
});

async function run(line: string, json = false): Promise<Printed> {
  const [name, ...given] = line.split(' ');
  const words = given.filter((word) => word !== '--wide');
  const flags = new Set<Flag>(words.length < given.length ? ['wide'] : []);
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) throw new Error(`no command ${name}`);
  const screen = { ...NO_SCREEN, progress: (text: string) => void progress.push(text) };
  return printed(await command.run({ location: daemon.location, words, json, flags, screen }));
}

const DAY = 86_400;
const ME = userInfo().username;

const USUALLY = {
  white: 'no duration was given: 3w, as GREY_WHITELIST_LIFETIME says\n',
  black: 'no duration was given: 60d, as blacklist says\n',
};

const WHOSE = {
  white: 'it means the clients whose verified name is in example.com; senders are exempted by the policy file\n',
  black: 'it means the clients whose verified name is in example.com, whoever the sender is\n',
  host: 'it means the clients whose verified name is in mx.example.com, whoever the sender is\n',
};

const NAME_IS_TOLD =
  'as reputation is switched off, it counts only where the mail server tells the name of the client (Exim: with ' +
  'host_lookup); otherwise enter the address\n';
const NOT_A_NETWORK = '2001:db8:: is one address; a network has its bits behind it, as in 2001:db8::/64\n';

test.for<[line: string, subject: string, kind: string, span: number, reason: string, notes?: string]>([
  ['white 203.0.113.7', '203.0.113.7', 'white', 21 * DAY, 'no reason given', USUALLY.white],
  ['black 203.0.113.7', '203.0.113.7', 'black', 60 * DAY, 'no reason given', USUALLY.black],
  ['white 203.0.113.7/24 3d', '203.0.113.0/24', 'white', 3 * DAY, 'no reason given'],
  ['black Example.com 4 hours sends "offers"', 'example.com', 'black', 4 * 3600, 'sends "offers"', WHOSE.black],
  ['black mx.example.com 1h', 'mx.example.com', 'black', 3600, 'no reason given', WHOSE.host],
  ["black 2001:db8::/32 1w it's spam", '2001:db8::/32', 'black', 7 * DAY, "it's spam"],
  ['black 2001:db8:: 1w test', '2001:db8::', 'black', 7 * DAY, 'test', NOT_A_NETWORK],
  ['white local example.com 1h here only', 'example.com', 'white', 3600, 'here only', WHOSE.white],
  ['white example.com 1d 2 new servers', 'example.com', 'white', DAY, '2 new servers', WHOSE.white],
  ['white 203.0.113.7 36500d', '203.0.113.7', 'white', 36_500 * DAY, 'no reason given'],
  ['white example.com asked twice', 'example.com', 'white', 21 * DAY, 'asked twice', USUALLY.white + WHOSE.white],
  ['black --wide 0.0.0.0/0 1h test', '0.0.0.0/0', 'black', 3600, 'test'],
])('%s', async ([line, subject, kind, span, reason, notes = '']) => {
  const { text } = await run(line);
  expect(text).toBe(`${subject} is ${kind} until ${formatTime(NOW + span)}: ${reason} (${ME})\n${notes}`);
  expect([...daemon.parts.entries.values()]).toEqual([
    { subject, kind, author: ME, reason, made: NOW, expires: NOW + span },
  ]);
});

test.for<[subject: string, notes: string]>([
  ['example.com', WHOSE.black + NAME_IS_TOLD],
  ['mx.example.com', WHOSE.host + NAME_IS_TOLD],
  ['203.0.113.7', ''],
])('where reputation is switched off, of %s', async ([subject, notes]) => {
  appendFileSync(daemon.location.configFile, 'reputation no\n');
  const { text } = await run(`black ${subject} 1h r`);
  expect(text).toBe(`${subject} is black until ${formatTime(NOW + 3600)}: r (${ME})\n${notes}`);
});

test('an option that gives no time is named', async () => {
  appendFileSync(daemon.location.configFile, 'GREY_WHITELIST_LIFETIME 0\n');
  await expect(run('white 203.0.113.7')).rejects.toThrow('GREY_WHITELIST_LIFETIME is 0, so say for how long: white');
  expect((await run('white 203.0.113.7 1h')).exitCode).toBe(0);
});

test.for<[line: string, message: string]>([
  ['white x', 'x is not an address, network or domain'],
  [
    'white joe@b.example 1d',
    'joe@b.example is a mail address, and no client; the policy file exempts senders and recipients: GreyCheckFrom:joe@b.example NO',
  ],
  ['black local joe@b.example', 'senders and recipients are refused by the mail server itself'],
  ['black local', 'black local needs an address, network or domain'],
  ['white *.b.example', '*.b.example is not an address, network or domain, such as 203.0.113.7, 203.0.113.0/24, or'],
  ['forget 10.1.2', '10.1.2 is not an address, network or domain, such as'],
  ['forget bad_ip%', 'bad_ip% is not an address, network or domain'],
  ['tuples bad_ip%', 'bad_ip% is not an address, network or domain'],
  ['check 203.0.113.256 a@b c@d', '203.0.113.256 is not an IP address'],
  ['explain example.com a@b c@d', 'example.com is not an IP address'],
  ['check 203.0.113.7 a@b c@d nmae=mx.b', 'nmae is not known here; name=NAME and helo=NAME are'],
  ['explain 203.0.113.7 a@b c@d name=mx.b foo', 'foo is not known here; name=NAME and helo=NAME are'],
  ['black 0.0.0.0/0', "0.0.0.0/0 is more than anybody's network; if it is really meant, say --wide"],
  ['white co.uk', 'co.uk is a public suffix, below which anybody can have a domain; if it is really meant, say --wide'],
  ['white example.com 0d', 'a duration of 0 is over at once'],
  [
    'white example.com 99999999d',
    '99999999d is not a time such as 290s, 10m, 4h, 3d, 2w or "4 hours", at most 36500d;',
  ],
  ...['local', '30d local', 'local 30d printer'].map((rest): [string, string] => [
    `white 203.0.113.8 ${rest}`,
    'local comes first: white local 203.0.113.8 ...',
  ]),
  ...['30x reason', '0', '5', '1y', '1.5h', '30', '2 new servers', '1000000000d'].map((rest): [string, string] => [
    `black 203.0.113.8 ${rest}`,
    `${rest.replace(/ .*/, '')} is not a time such as 290s, 10m, 4h, 3d, 2w or "4 hours", at most 36500d; a reason that begins`,
  ]),
])('a mistake in the arguments is told before the daemon is asked: %s', async ([line, message]) => {
  const running = run(line);
  await expect(running).rejects.toThrow(message);
  await expect(running).rejects.toThrow(UsageError);
  expect(daemon.parts.asked).toEqual([]);
});

test.for(['tuples <>', 'tuples a@localhost', 'tuples 203.0.113.0/24', 'tuples example.com'])(
  '%s asks',
  async (line) => {
    await run(line);
    expect(daemon.parts.asked).toEqual([line.slice('tuples '.length)]);
  },
);

test.for<[argument: string, asked: string]>([
  ['[203.0.113.7]', '203.0.113.7'],
  ['[2001:DB8::1]', '2001:db8::1'],
  ['[2001:db8::]/32', '2001:db8::/32'],
])('%s, as logs have it, is %s', async ([argument, asked]) => {
  await run(`tuples ${argument}`);
  expect(daemon.parts.asked).toEqual([asked]);
});

test('a domain may be written as people read it', async () => {
  await run('black München.example');
  expect([...daemon.parts.entries.keys()]).toEqual(['xn--mnchen-3ya.example']);
  expect((await run('forget münchen.example')).text).toBe('forgotten: 1 entry by hand\n');
});

test('an entry that replaces another tells what that was', async () => {
  await run('white 203.0.113.7 1h a customer');
  const was = `it was white until ${formatTime(NOW + 3600)}: a customer (${ME})\n`;
  expect((await run('black 203.0.113.7 1d sends spam')).text).toMatch(/^203.0.113.7 is black until .*: sends spam \(/);
  expect((await run('black 203.0.113.7 1d')).text).toContain('it was black until');
  await run('white 203.0.113.8 1h a customer');
  expect((await run('black 203.0.113.8 1d')).text).toContain(was);
  expect(JSON.parse((await run('white 203.0.113.8 1d', true)).text)).toMatchObject({ was: { kind: 'black' } });
});

test.for([TRUSTED, `${TRUSTED}/24`, '203.0.113.7'])(
  'whether the entry of %s has an effect is told',
  async (subject) => {
    const { text } = await run(`black ${subject} 1h`);
    expect(text.includes('it has no effect as long as the client is in the trusted lines')).toBe(subject === TRUSTED);
  },
);

test('to forget what is wide takes --wide, unless it is an entry', async () => {
  await expect(run('forget 0.0.0.0/0')).rejects.toThrow(
    "0.0.0.0/0 is more than anybody's network; if it is really meant",
  );
  expect(daemon.parts.asked).toEqual([]);
  await run('white --wide 0.0.0.0/0 1h');
  expect((await run('forget 0.0.0.0/0')).text).toBe('forgotten: 1 entry by hand\n');
  expect((await run('forget --wide 0.0.0.0/0')).text).toContain('forgotten: 2 standings');
});

test.for<[kind: 'black' | 'grey', bad: number, note: string]>([
  ['black', 1, '1 report stays and counts, so it is black all the same; ddgrey white 203.0.113.7 overrules that\n'],
  ['black', 3, '3 reports stay and count, so it is black all the same; ddgrey white 203.0.113.7 overrules that\n'],
  ['grey', 3, ''],
])('forget of a client that is %s by %i reports: %j', async ([kind, bad, note]) => {
  const { explain } = daemon.parts;
  Object.assign(daemon.parts, {
    explain: async (check: Check) => ({
      ...(await explain(check)),
      client: { standing: { ...STANDING, class: kind } },
      reports: [...Array.from({ length: bad }, () => REPORT), { ...REPORT, event: 'ok' }],
    }),
  });
  expect((await run('forget 203.0.113.7')).text).toBe(`forgotten: 2 standings, 1 attempt\n${note}`);
});

test('forget tells that attempts of others were among them', async () => {
  expect((await run('forget 203.0.113.8')).text).toBe(
    'forgotten: 2 standings, 1 attempt\nattempts are those of 203.0.113.0/24: other clients there made some of them\n',
  );
});

test('entries are a table', async () => {
  await run('white example.com 1h a customer');
  const { text } = await run('entries');
  expect(text.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['kind', 'subject', 'until', 'by', 'reason'],
    Array(5).fill(expect.stringMatching(/^-+$/)),
    ['white', 'example.com', formatTime(NOW + 3600), ME, 'a customer'],
    [''],
  ]);
  expect(JSON.parse((await run('entries', true)).text)).toMatchObject([{ subject: 'example.com', kind: 'white' }]);
});

test('forget takes an entry back first, and only then what is remembered; it tells what is gone', async () => {
  await run('white 203.0.113.7');
  expect((await run('forget 203.0.113.7')).text).toBe('forgotten: 1 entry by hand\n');
  expect((await run('forget 203.0.113.7')).text).toBe('forgotten: 2 standings, 1 attempt\n');
  Object.assign(daemon.parts.standings, { remove: async () => 0 });
  expect((await run('forget 203.0.113.7')).text).toBe('nothing was known of it\n');
  expect((await run('forget example.org')).text).toMatch(/^nothing was known of it\na domain means the clients /);
  expect(JSON.parse((await run('forget 203.0.113.7', true)).text)).toEqual({
    entries: 0,
    standings: 0,
    tuples: 0,
    passes: 0,
  });
});

const EXPORTED = `200-OK for download pending!
pending;a;b.c 1
.dot
pending;c;d 2
200 download done !
`;

test('export writes what import takes', async () => {
  expect(await run('export Pending')).toEqual({ text: EXPORTED, exitCode: 0 });
  expect(progress).toEqual(['3 entries', '']);
  const all = (await run('export')).text;
  expect(all.match(/^200-OK.*/gm)).toEqual(['pending', 'valid', 'white'].map((name) => `200-OK for download ${name}!`));
  await expect(run('export black')).rejects.toThrow(new UsageError('there is no table black; pending, valid, white'));
});

function file(text: string): string {
  const path = join(daemon.location.directory, 'download.txt');
  writeFileSync(path, text);
  return path;
}

test('import takes tables over, and names the lines that it can not take', async () => {
  const text = `220 ze-filter greyd\r\n${EXPORTED}200-OK for download white!\n${'a;b 1\n'.repeat(3)}200 download done !\n`;
  const { text: said, exitCode } = await run(`import ze-filter ${file(text)}`);
  expect(said).toBe('6 entries: 5 taken, 0 known already, 1 refused\nline 4: bad for pending\n');
  expect(exitCode).toBe(1);
  expect(progress).toContain('6 entries (100 %)');
  expect(progress.at(-1)).toBe('');
});

test('each line goes into the table whose heading stands above', async () => {
  const tables = ['pending', 'VALID', 'white'].map((name) => `200-OK for download ${name}!\nbad\n.\n\n`);
  const { text } = await run(`import ze-filter ${file(tables.join(''))}`);
  expect(text).toBe(
    '3 entries: 0 taken, 0 known already, 3 refused\nline 2: bad for pending\nline 6: bad for valid\nline 10: bad for white\n',
  );
});

test('of many lines that cannot be taken the first ten are named', async () => {
  const { text } = await run(`import ze-filter ${file('bad\n'.repeat(11))} valid`);
  expect(text).toMatch(/^11 entries: .* 11 refused\n(?:line \d+: bad for valid\n){10}$/);
});

test('import tells which entries are past their lifetime', async () => {
  const { text, exitCode } = await run(`import ze-filter ${file('old;b 1\n')} valid`);
  expect(text).toBe('1 entry: 0 taken, 0 known already, 1 past their lifetime, 0 refused\n');
  expect(exitCode).toBe(0);
});

test('a long file goes in batches, and its lines keep their numbers', async () => {
  const text = `${'a;b 1\n'.repeat(12_000)}bad\n`;
  const { text: said } = await run(`import ze-filter ${file(text)} valid`, true);
  expect(JSON.parse(said)).toEqual({
    lines: 12_001,
    taken: 12_000,
    refused: 1,
    expired: 0,
    problems: [[12_001, 'bad for valid']],
  });
});

const LONG_LINE = `a;${'b'.repeat(200_000)}\n`;

test.for<[what: string, text: string, batches: number]>([
  ['no line at all', '', 0],
  ['nothing below a heading', '200-OK for download white!\n200-OK for download valid!\n', 0],
  ['two tables', '200-OK for download white!\na;b 1\n200-OK for download valid!\na;b 1\n', 2],
  ['as many lines as go at once', 'a;b 1\n'.repeat(5000), 1],
  ['one more', 'a;b 1\n'.repeat(5001), 2],
  ['a few that are long', LONG_LINE.repeat(6), 1],
  ['more of them', LONG_LINE.repeat(7), 2],
])('%s: so many times the daemon is told', async ([, text, batches]) => {
  let told = 0;
  const { startImport } = daemon.parts;
  const counting: typeof startImport = (...about) => {
    told += 1;
    return startImport(...about);
  };
  Object.assign(daemon.parts, { startImport: counting });
  await run(`import ze-filter ${file(text)} valid`);
  expect(told).toBe(batches);
});

test('a line that is too long for the daemon is named, and the others are taken', async () => {
  const long = (characters: number): string => `a;${'b'.repeat(characters - 2)}\n`;
  const text = `${long(LONGEST_RECORD - 1)}${long(LONGEST_RECORD)}bad\na;b 1\n`;
  const { text: said, exitCode } = await run(`import ze-filter ${file(text)} valid`);
  expect(said).toBe(
    `4 entries: 2 taken, 0 known already, 2 refused\nline 2: too long, more than 262143 characters\nline 3: bad for valid\n`,
  );
  expect(exitCode).toBe(1);
});

test('a name that begins like a code is a client', async () => {
  const lines = ['123-reg.example;a;b.c 1', '200 download done !', '123 done', ''];
  const { text: said } = await run(`import ze-filter ${file(lines.join('\n'))} valid`);
  expect(said).toBe('1 entry: 1 taken, 0 known already, 0 refused\n');
});

test.for<[line: (path: string) => string, message: string]>([
  [(path) => `import ze-filter ${path}`, 'line 1 is before any "200-OK for download TABLE!"'],
  [(path) => `import postgrey ${path} valid`, 'postgrey: the form that is known is ze-filter'],
  [(path) => `import ze-filter ${path} black`, 'there is no table black'],
])('import needs to know the form and the table: %s', async ([line, message]) => {
  const importing = run(line(file('a;b 1\n')));
  await expect(importing).rejects.toThrow(message);
  await expect(importing).rejects.toThrow(UsageError);
});

test('a failure of the daemon ends an import', async () => {
  const startImport = () => ({
    take: () => undefined,
    end: async () => ({ lines: 1, taken: 0, refused: 0, expired: 0, problems: [], failure: 'disk full' }),
  });
  Object.assign(daemon.parts, { startImport });
  await expect(run(`import ze-filter ${file('a;b 1\n')} valid`)).rejects.toThrow('after 0 lines: disk full');
});
