// Under which tuple a check is remembered when its client is known by its domain at one time, by its network at another.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Bench, checkOf, engineBench } from '../../test/engine-bench.ts';
import { silentLog } from '../lib/log.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { SqliteStore } from '../store/sqlite-store.ts';
import type { Store } from '../store/store.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-check-memory-'));
afterAll(() => rmSync(directory, { recursive: true }));

let opened = 0;
/** One of each kind, both empty. */
function stores(): readonly Store[] {
  opened += 1;
  return [new MemoryStore(), new SqliteStore(join(directory, `${opened}.db`), silentLog)];
}

const CONFIG = 'reputation no\ngrey_default 1h\nretry 1d\nGREY_MIN_DELAY_NULLSENDER 1h\nGREY_MAX_DELAY_NULLSENDER 6h';
/** Two hosts of one domain in different networks. */
const HOSTS: { readonly [host: string]: string } = { near: '203.0.113.7', far: '198.51.100.7' };

// AT HOST [nameless] [bounce]: ANSWER. Nameless: the DNS did not say the client's name this time.
test.for([
  ['a first attempt without the name counts', '0 near nameless; 3600 near', 'first retried'],
  ['and a retry without it', '0 near; 3600 near nameless', 'first retried'],
  [
    'what has passed stays known without the name, for two weeks after that was told',
    '0 near; 3600 near; 1213199 near nameless; 1213200 near nameless; 1213201 near',
    'first retried known first known',
  ],
  [
    'what has passed stays known while mail from another network waits',
    '0 near nameless; 3600 near nameless; 7200 far; 7201 near; 10800 far; 10801 near nameless; 10802 near',
    'first retried first known retried known known',
  ],
  [
    'of two first attempts the earlier one counts',
    '0 near nameless; 1800 far; 3600 near; 5399 far; 5400 far; 5401 near',
    'first first retried early retried known',
  ],
  ['be it of another host', '0 far; 1800 near nameless; 3600 near', 'first first retried'],
  ['up to the end of its window', '0 near nameless; 86398 far; 86399 near', 'first first retried'],
  ['but not past its window', '0 near nameless; 82800 far; 86400 near; 86400 far', 'first first retried known'],
  ['nor if it is the other one', '0 far; 86400 near nameless; 90000 near', 'first first retried'],
  ['that of bounces is another', '0 near nameless bounce; 18000 far bounce; 21600 near bounce', 'first first retried'],
  [
    'what has passed last is what counts when both have, if the first is past its lifetime',
    '0 far; 3600 far; 1000000 near nameless; 1003600 near nameless; 1213201 near; 1213202 far',
    'first retried first retried known first',
  ],
  [
    'bounces likewise',
    '0 near nameless bounce; 1800 far bounce; 3600 near bounce; 3601 near bounce',
    'first first retried early',
  ],
] as const)('%s: %s', async ([, steps, answers]) => {
  for (const store of stores()) {
    expect(await answersTo(await engineBench({ config: CONFIG, store }), steps)).toBe(answers);
    await store[Symbol.asyncDispose]();
  }
});

async function answersTo({ clock, answerCheck }: Bench, steps: string): Promise<string> {
  const reasons: string[] = [];
  let now = 0;
  for (const step of steps.split('; ')) {
    const [at = '', host = '', ...how] = step.split(' ');
    clock.advance(Number(at) - now);
    now = Number(at);
    const name = how.includes('nameless') ? undefined : `${host}.example.com`;
    const sender = how.includes('bounce') ? '' : 'a@example.com';
    const { reason } = await answerCheck(checkOf(HOSTS[host] ?? '', sender, 'b@example.org', name));
    reasons.push(reason);
  }
  return reasons.join(' ');
}

test.for(['203.0.113.8', '198.51.100.7'])(
  'what passed by a neighbour, %s, stays known when a host hits a trap, whatever that still tries',
  async (neighbour) => {
    for (const store of stores()) {
      expect(await answersBesideATrap(store, neighbour)).toEqual([
        'grey first',
        'white retried',
        'grey first',
        'grey first',
        'grey early 18001',
        'grey first 21600',
        'grey early 21500',
        'white known',
        'grey first 21600',
        'white known',
        'white known',
      ]);
      await store[Symbol.asyncDispose]();
    }
  },
);

/** What a host that hits a trap, and a neighbour of its domain, are told. */
async function answersBesideATrap(store: Store, neighbour: string): Promise<readonly string[]> {
  const hosts = ['203.0.113.7', '203.0.113.8', '198.51.100.7'];
  const bench = await engineBench({
    store,
    config: 'grey_default 1h\ngrey_max 6h\nhard_trap trap@example.org',
    dns: {
      ptr: Object.fromEntries(hosts.map((ip, at) => [ip, [`mx${at}.example.com`]])),
      a: Object.fromEntries(hosts.map((ip, at) => [`mx${at}.example.com`, [ip]])),
    },
  });
  const ask = async (after: number, ip: string, recipient = 'b@example.org'): Promise<string> => {
    bench.clock.advance(after);
    const { kind, reason, ...told } = await bench.answerCheck(checkOf(ip, 'a@customer.example', recipient));
    await bench.reported();
    return 'told' in told ? `${kind} ${told.told} ${told.wait}` : `${kind} ${reason}`;
  };
  const BAD = '203.0.113.7';
  const [HOUR, DAY] = [3600, 86_400];
  return [
    await ask(0, neighbour),
    await ask(HOUR, neighbour),
    await ask(0, BAD, 'c@example.org'),
    await ask(HOUR - 1, BAD, 'trap@example.org'),
    // As it would go on without the trap.
    await ask(0, BAD, 'c@example.org'),
    await ask(0, BAD),
    await ask(100, BAD),
    await ask(0, neighbour),
    await ask(6 * HOUR - 100, BAD),
    await ask(0, neighbour),
    await ask(4 * DAY, neighbour),
  ];
}
