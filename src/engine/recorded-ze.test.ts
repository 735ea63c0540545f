// What ze-filter's greyd was recorded to answer and to remember, step by step: src/engine/recorded-ze-*.cases.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Bench, checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import { readConfig } from '../config/read-config.ts';
import { seconds } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import type { Check } from '../policy/check.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import type { Pass } from '../policy/pass.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { admit } from './admit.ts';
import { LIFECYCLE, LIFECYCLE_DIFFERENCES } from './recorded-ze-lifecycle.cases.ts';
import { MAINTENANCE, MAINTENANCE_DIFFERENCES } from './recorded-ze-maintenance.cases.ts';
import { NOT_A_STEP, RECORDED, type RecordedCase } from './recorded-ze.cases.ts';

/** What greyd does without a configuration. */
const DEFAULTS = `
  reputation no
  GREY_MIN_DELAY_NORMAL 10m
  GREY_MAX_DELAY_NORMAL 72h
  GREY_MIN_DELAY_NULLSENDER 10m
  GREY_MAX_DELAY_NULLSENDER 6h
  GREY_VALIDLIST_LIFETIME 1w
  GREY_WHITELIST_LIFETIME 2w
  GREY_MAX_PENDING_NORMAL 1000
  GREY_MAX_PENDING_NULLSENDER 100
  GREY_IP_COMPONENT NET
  GREY_COMPAT_DOMAIN_CHECK yes
  GREY_DEWHITE_FLAGS none
`;
/** The server's default without a policy file is not to greylist; ours is to. */
const YES = 'GreyCheckConnect:default YES';
const [CLIENT, SENDER, NAME] = ['10.1.2.3', 'joe@example.com', 'mail.example.com'];
const directory = mkdtempSync(join(tmpdir(), 'ddgrey-recorded-'));
afterAll(() => rmSync(directory, { recursive: true }));

test.for(Object.entries({ ...LIFECYCLE, ...MAINTENANCE }))('%s: as ze-filter did', async ([id, recorded]) => {
  expect(await replay(id, recorded)).toEqual(linesOf(recorded.steps));
});

test.for(Object.entries({ ...LIFECYCLE_DIFFERENCES, ...MAINTENANCE_DIFFERENCES }))(
  '%s: otherwise, for a reason',
  async ([id, recorded]) => {
    expect(recorded.why).not.toBe('');
    expect(await replay(id, recorded)).toEqual(linesOf(recorded.steps));
  },
);

test.for<[options: string]>([
  ['GREY_MIN_DELAY_NORMAL 1h, GREY_MAX_DELAY_NORMAL 30m'],
  ['GREY_MIN_DELAY_NORMAL 1h, GREY_MAX_DELAY_NORMAL 90m'],
])('%s: refused, since nothing could pass (D21)', ([options]) => {
  const text = DEFAULTS + options.replaceAll(', ', '\n');
  expect(readConfig('ddgrey.conf', () => text).errors).toHaveLength(1);
});

test('everything that was recorded is here, once', () => {
  const tables = [LIFECYCLE, LIFECYCLE_DIFFERENCES, MAINTENANCE, MAINTENANCE_DIFFERENCES, NOT_A_STEP];
  const ids = tables.flatMap((table) => Object.keys(table));
  expect(ids.toSorted()).toEqual(RECORDED.split(/\s+/).filter(Boolean).toSorted());
});

function linesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => line.trim() || []);
}

/** The steps with the results that they have now. */
async function replay(id: string, { config = '', policy = YES, steps }: RecordedCase): Promise<readonly string[]> {
  const path = steps.includes(' reopen') ? join(directory, id) : ':memory:';
  const configured = DEFAULTS + config.replaceAll(', ', '\n');
  const open = async (): Promise<Bench> =>
    engineBench({ config: configured, policy, store: await openStore({ path, log: silentLog }) });
  let bench = await open();
  const results: string[] = [];
  for (const line of linesOf(steps)) {
    const [command = ''] = line.split(': ', 1);
    const [at, verb = '', ...words] = command.split(' ');
    if (verb === 'reopen') {
      await bench.store[Symbol.asyncDispose]();
      bench = await open();
    }
    if (verb === 'config') bench.configure(`${configured}\n${words.join(' ')}`);
    bench.clock.advance(T0 + Number(at) - seconds(bench.clock));
    const result = await resultOf(bench, verb, words, line);
    results.push(result === undefined ? line : `${command}: ${result}`);
  }
  await bench.store[Symbol.asyncDispose]();
  return results;
}

/** Takes a step; returns what came of it, if that is to be compared. */
async function resultOf(bench: Bench, verb: string, words: readonly string[], line: string) {
  switch (verb) {
    case 'check':
      return answersTo(bench, checksOf(words));
    case 'valid':
      for (const check of checksOf(words)) await admit(bench.checks, check);
      return undefined;
    case 'maintain':
      await bench.maintain();
      return undefined;
    case 'tables':
      return tablesOf(bench.store, line);
    default:
      return undefined;
  }
}

/** `u1,u2 ip=10.1.2.4`: a check for each recipient; `bob` is bob@example.org, `u1..u9` nine of them. */
function checksOf([recipients = '', ...words]: readonly string[]): readonly Check[] {
  const given = new Map(words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
  const name = given.get('name') ?? NAME;
  return recipientsOf(recipients).map((recipient) =>
    checkOf(
      given.get('ip') ?? CLIENT,
      given.get('from') ?? SENDER,
      recipient.includes('@') ? recipient : `${recipient}@example.org`,
      // In the greyd protocol these stand for a name that is not known.
      name === '-' || name.startsWith('[') ? undefined : name,
    ),
  );
}

function recipientsOf(text: string): readonly string[] {
  const [, first, last] = /^u(\d+)\.\.u(\d+)$/.exec(text) ?? [];
  if (last === undefined) return text.split(',');
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => `u${Number(first) + index}`);
}

/** One answer, if all have the same. */
async function answersTo({ answerCheck }: Bench, checks: readonly Check[]): Promise<string> {
  const answers = new Set<string>();
  for (const check of checks) answers.add((await answerCheck(check)).kind === 'white' ? 'ok' : 'wait');
  return [...answers].join(',');
}

/** The tables that the line shows: P pending, V valid, W passes; with `#` only how many there are. */
async function tablesOf(store: Store, line: string): Promise<string> {
  const all = await store.tuples({ text: undefined, limit: 2000 });
  const passes: Pass[] = [];
  for await (const chunk of store.exportPasses(0)) passes.push(...chunk);
  const of = (state: string): readonly StoredTuple[] => all.filter((stored) => stored.state === state);
  const shown: { readonly [table: string]: () => string } = {
    P: () => entriesOf(of('pending')),
    V: () => entriesOf(of('valid')),
    W: () => passes.map(passText).toSorted(byText).join('; ') || '-',
    'P#': () => `${of('pending').length} entries`,
  };
  const tables = line.slice(line.indexOf(': ') + 2).split(' | ');
  return tables
    .map((table) => table.split(' ', 1)[0] ?? '')
    .map((name) => `${name} ${shown[name]?.()}`)
    .join(' | ');
}

/** Entries that differ only in the recipient stand together. */
function entriesOf(entries: readonly StoredTuple[]): string {
  const groups = new Map<string, string[]>();
  for (const stored of entries) {
    const rest = entryText(stored);
    groups.set(rest, [...(groups.get(rest) ?? []), stored.tuple.recipient.replace(/@example\.org$/, '')]);
  }
  const texts = [...groups].map(([rest, recipients]) => `${recipients.toSorted(byText).join(',')} ${rest}`);
  return texts.toSorted(byText).join('; ') || '-';
}

/** First and last time after the start, uses, and what is not as usual. */
function entryText({ firstSeen, lastSeen, uses, tuple, client, senderText, clientName = '-' }: StoredTuple): string {
  const unusual: readonly (readonly [word: string, value: string, usual: string])[] = [
    ['part', tuple.client, '10.1.2.0/24'],
    ['sender', tuple.sender, 'example.com'],
    ['ip', client, CLIENT],
    ['from', senderText === '' ? '<>' : senderText, SENDER],
    ['name', clientName, NAME],
  ];
  const words = unusual.flatMap(([word, value, usual]) => (value === usual ? [] : `${word}=${value || 'none'}`));
  return [`${firstSeen - T0}-${lastSeen - T0}`, `x${uses}`, ...words].join(' ');
}

function passText({ client, domain, firstSeen, lastSeen, uses }: Pass): string {
  return `${client} ${domain} ${firstSeen - T0}-${lastSeen - T0} x${uses}`;
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}
