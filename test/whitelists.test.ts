// scripts/whitelist-to-policy: the whitelists of other greylisters, converted, read as a policy file and asked.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { shellWord } from '../src/lib/shell-word.ts';
import { parseAddress } from '../src/policy/address.ts';
import { parseMailbox } from '../src/policy/check.ts';
import { decideByPolicy } from '../src/policy/decide-by-policy.ts';
import { type Policy, readPolicy } from '../src/policy/rules.ts';

const HOME = join(import.meta.dirname, '..');
/** The same in a command. */
const HOME_WORD = shellWord(HOME);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ddgrey-whitelists-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What a shell says to the commands. */
function shell(commands: string): { readonly output: string; readonly complaints: string } {
  const { stdout, stderr } = spawnSync('sh', ['-c', commands], { cwd: directory, encoding: 'utf8' });
  return { output: stdout, complaints: stderr };
}

function convert(prefix: string, text: string): { readonly output: string; readonly complaints: string } {
  writeFileSync(join(directory, 'list'), text);
  return shell(`${HOME_WORD}/scripts/whitelist-to-policy ${prefix} list`);
}

function policyOf(text: string): Policy {
  const reading = readPolicy(text);
  if (reading.kind === 'broken') throw new Error(JSON.stringify(reading.errors));
  expect(reading.warnings).toEqual([]);
  return reading.policy;
}

interface Question {
  readonly client?: string;
  readonly name?: string;
  readonly to?: string;
}

/** Whether the policy exempts such mail. */
function exempts(policy: Policy, { client = '198.51.100.1', name, to = 'anna@example.test' }: Question): boolean {
  const address = parseAddress(client);
  if (address === undefined) throw new Error(client);
  const who = { client: address, ...(name === undefined ? {} : { clientName: name }) };
  const what = { sender: parseMailbox('joe@sender.example'), recipient: parseMailbox(to) };
  return decideByPolicy(policy, { ...who, ...what }).verdict === 'no';
}

test.for<[prefix: string, line: string, exempt: Question, not: Question]>([
  ['GreyCheckConnect', 'partner.example', { name: 'mx.partner.example' }, { name: 'mxpartner.example' }],
  ['GreyCheckConnect', '  partner.example\t ', { name: 'partner.example' }, {}],
  ['GreyCheckConnect', 'partner.example\r', { name: 'partner.example' }, {}],
  ['GreyCheckConnect', 'Partner.Example # no retry', { name: 'partner.example' }, { name: 'retry' }],
  ['GreyCheckConnect', 'partner.example#no retry', { name: 'partner.example' }, {}],
  ['GreyCheckConnect', '*.partner.example', { name: 'a.b.partner.example' }, { name: 'example' }],
  ['GreyCheckConnect', '192.0.2.1', { client: '192.0.2.1' }, { client: '192.0.2.10' }],
  ['GreyCheckConnect', '192.0.2\t# a pool', { client: '192.0.2.99' }, { client: '192.0.20.1' }],
  ['GreyCheckConnect', '192.0.2.64/26', { client: '192.0.2.65' }, { client: '192.0.2.1' }],
  ['GreyCheckConnect', '2001:db8:1::/48', { client: '2001:db8:1:2::3' }, { client: '2001:db8:2::1' }],
  ['GreyCheckConnect', '::ffff:192.0.2.1', { client: '192.0.2.1' }, {}],
  ['GreyCheckTo', 'postmaster@', { to: 'postmaster@any.example' }, {}],
  ['GreyCheckTo', 'anna@example.org', { to: 'Anna@example.org' }, { to: 'bela@example.org' }],
  ['GreyCheckTo', 'example.org', { to: 'bela@sub.example.org' }, { to: 'bela@example.test' }],
])('%s %j', ([prefix, line, exempt, not]) => {
  const { output, complaints } = convert(prefix, `${line}\n`);
  expect(complaints).toBe('');
  const policy = policyOf(output);
  expect([exempts(policy, exempt), exempts(policy, not)]).toEqual([true, false]);
});

test.for(['/^mx\\d+\\.partner\\.example$/', '^mx.*partner', '.partner.example', '!partner.example', 'two words', '*'])(
  '%s is named and left out',
  (line) => {
    expect(convert('GreyCheckConnect', `a.example\n${line}\n`)).toEqual({
      output: 'GreyCheckConnect:a.example NO-QUICK\n',
      complaints: `list:2: left out: ${line}\n`,
    });
  },
);

test('comments, empty lines and what came before mean nothing', () => {
  const text = '# mine\n\n \t\n*.a.example\na.example\nA.EXAMPLE # again\n';
  expect(convert('GreyCheckConnect', text)).toEqual({
    output: 'GreyCheckConnect:a.example NO-QUICK\n',
    complaints: '',
  });
});

test('whose client is exempt, whoever the recipient is', () => {
  const policy = policyOf(`${convert('GreyCheckConnect', 'a.example\n').output}GreyCheckTo:default YES\n`);
  expect(exempts(policy, { name: 'mx.a.example' })).toBe(true);
});

test.for(['', 'list', 'GreyCheckConnect', 'list list', 'GreyCheckConect list'])(
  'called wrongly, it says how: %j',
  (words) => {
    writeFileSync(join(directory, 'list'), 'a.example\n');
    const { output, complaints } = shell(`${HOME_WORD}/scripts/whitelist-to-policy ${words}`);
    expect([output, complaints]).toEqual(['', expect.stringContaining('GreyCheckConnect FILE')]);
  },
);

/** The commands of docs/migration.md, with the folders of other greylisters, and of ddgrey, in the directory. */
function commandsOf(section: string): string {
  const page = readFileSync(join(HOME, 'docs/migration.md'), 'utf8');
  const text = page.split(/^## /m).find((part) => part.startsWith(`From ${section}\n`)) ?? '';
  return [...text.matchAll(/^ {4,}(.*whitelist-to-policy .*)$/gm)]
    .map(([, command = '']) => command)
    .join('\n')
    .replaceAll('/opt/ddgrey', HOME_WORD)
    .replaceAll(/\/etc\/\w+\//g, '');
}

test.for<[greylister: string, files: Readonly<Record<string, string>>, asked: readonly Question[]]>([
  [
    'postgrey',
    {
      'whitelist_clients.local': 'a.example\n',
      whitelist_recipients: 'abuse@\n',
      'whitelist_recipients.local': 'b.test\n',
    },
    [{ name: 'mx.a.example' }, { to: 'abuse@example.test' }, { to: 'joe@b.test' }],
  ],
  [
    'sqlgrey',
    { 'clients_fqdn_whitelist.local': '*.a.example\n', 'clients_ip_whitelist.local': '192.0.2 # a pool\n' },
    [{ name: 'mx.a.example' }, { client: '192.0.2.7' }],
  ],
  ['greylistd', { 'whitelist-hosts': '*.a.example\n10.0.0.0/8\n' }, [{ name: 'mx.a.example' }, { client: '10.9.8.7' }]],
])('the commands for the lists of %s', ([greylister, files, asked]) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  expect(shell(commandsOf(greylister))).toEqual({ output: '', complaints: '' });
  const policy = policyOf(readFileSync(join(directory, 'policy'), 'utf8'));
  expect(asked.map((question) => exempts(policy, question))).toEqual(asked.map(() => true));
  expect(exempts(policy, {})).toBe(false);
});
