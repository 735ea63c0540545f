import { expect, test } from 'vitest';
import { type Bench, checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import type { Pass } from '../policy/pass.ts';
import type { PassCandidate } from '../store/store.ts';
import { admit } from './admit.ts';
import { promote } from './promote.ts';

const DAY = 86_400;

interface Valid {
  readonly client?: string;
  readonly name?: string | undefined;
  readonly from?: string;
  /** How many recipients. */
  readonly uses: number;
  /** Days before maintenance. */
  readonly age?: number;
}

const CONFIG = 'reputation no\nGREY_CLEANUP_INTERVAL 10m\nGREY_DEWHITE_FLAGS none';

/** The passes that are there after tuples became valid and a round of maintenance came by. */
async function passesAfter(bench: Bench, valid: readonly Valid[]): Promise<readonly string[]> {
  const oldest = Math.max(...valid.map(({ age = 3 }) => age));
  for (const { client = '203.0.113.7', from = 'a@example.com', uses, age = 3, ...named } of valid) {
    bench.clock.advance(T0 + (oldest - age) * DAY - bench.clock.now() / 1000);
    const name = 'name' in named ? named.name : 'mx.example.com';
    for (let use = 1; use <= uses; use += 1)
      await admit(bench.checks, checkOf(client, from, `u${use}-${age}@x.org`, name));
  }
  bench.clock.advance(T0 + oldest * DAY - bench.clock.now() / 1000);
  await bench.maintain();
  return (await passesOf(bench)).map(({ client, domain, uses }) => `${client} ${domain} ${uses}`);
}

async function passesOf({ store }: Bench): Promise<readonly Pass[]> {
  const passes: Pass[] = [];
  for await (const some of store.exportPasses(0)) passes.push(...some);
  return passes;
}

test.for<[what: string, valid: readonly Valid[], passes: readonly string[]]>([
  ['5 uses, 3 days old', [{ uses: 5 }], ['example.com example.com 5']],
  ['4 uses', [{ uses: 4 }], []],
  ['younger by a second', [{ uses: 5, age: 3 - 1 / DAY }], []],
  ['4 old ones and a young one', [{ uses: 4 }, { uses: 1, age: 1 }], []],
  [
    'of two senders of the domain',
    [{ uses: 3 }, { uses: 2, from: 'b@example.com', age: 4 }],
    ['example.com example.com 5'],
  ],
  ['a sender of a subdomain fits too', [{ uses: 5, from: 'a@news.example.com' }], ['example.com news.example.com 5']],
  ['a domain that differs in its suffix only', [{ uses: 5, from: 'a@example.fr' }], ['example.com example.fr 5']],
  ['a domain that does not fit', [{ uses: 9, from: 'a@other.net' }], []],
  ['a client without a name', [{ uses: 9, name: undefined }], []],
  [
    'a client whose name was told before',
    [
      { uses: 4, age: 4 },
      { uses: 1, name: undefined },
    ],
    ['example.com example.com 5'],
  ],
  ['bounces', [{ uses: 9, from: '<>' }], []],
  ['senders without a domain', [{ uses: 9, from: 'root' }], []],
])('%s', async ([, valid, passes]) => {
  expect(await passesAfter(await engineBench({ config: CONFIG }), valid)).toEqual(passes);
});

test('without a domain in the tuples a pass is the address’s, for each client of the network by itself', async () => {
  const bench = await engineBench({ config: `${CONFIG}\nGREY_IP_COMPONENT NET` });
  const others = [3, 4].map((last) => ({ client: `203.0.113.${last}`, uses: 3, age: last }));
  expect(await passesAfter(bench, [...others, { uses: 5, age: 5 }])).toEqual(['203.0.113.7 example.com 5']);
});

test('with a lifetime of 0 there are no passes', async () => {
  const bench = await engineBench({ config: `${CONFIG}\nGREY_WHITELIST_LIFETIME 0` });
  expect(await passesAfter(bench, [{ uses: 5 }])).toEqual([]);
});

test('an IPv6 client is its /64', async () => {
  const bench = await engineBench({ config: `${CONFIG}\nGREY_IP_COMPONENT NET` });
  expect(await passesAfter(bench, [{ client: '2001:db8::1', uses: 5 }])).toEqual(['2001:db8::/64 example.com 5']);
  const neighbour = checkOf('2001:db8::2', 'z@example.com', 'new@example.org', 'mx.example.com');
  expect(await bench.answerCheck(neighbour)).toMatchObject({ reason: 'pass' });
});

test('equivalent domains fit (GreyDomainEquiv)', async () => {
  const bench = await engineBench({ config: CONFIG, policy: 'GreyDomainEquiv:other.net example.com' });
  expect(await passesAfter(bench, [{ uses: 5, from: 'a@other.net' }])).toEqual(['example.com other.net 5']);
});

test('for a client without a name the rule for `default` counts, not one for its address', async () => {
  const config = `${CONFIG}\nGREY_IP_COMPONENT NET`;
  const policy = 'GreyDomainEquiv:default example.com\nGreyDomainEquiv:203.0.113.7 other.net';
  const valid = ['example.com', 'other.net'].map((domain) => ({ uses: 5, name: undefined, from: `a@${domain}` }));
  expect(await passesAfter(await engineBench({ config, policy }), valid)).toEqual(['203.0.113.7 example.com 5']);
});

test('refreshes count as uses', async () => {
  const bench = await engineBench({ config: CONFIG });
  const seen: number[] = [];
  for (let day = 0; day < 5; day += 1) {
    await admit(bench.checks, checkOf('203.0.113.7', 'a@example.com', 'b@example.org', 'mx.example.com'));
    await bench.maintain();
    seen.push((await passesOf(bench)).length);
    bench.clock.advance(DAY);
  }
  expect(seen).toEqual([0, 0, 0, 0, 1]);
});

test('the tuples stay, for the neighbours that use them; a pass that is there is left as it is', async () => {
  const bench = await engineBench({ config: CONFIG });
  await passesAfter(bench, [{ uses: 5 }]);
  const [pass] = await passesOf(bench);
  bench.clock.advance(600);
  await bench.maintain();
  expect(await passesOf(bench)).toEqual([pass]);
  expect(await bench.store.count()).toEqual({ pending: 0, valid: 5 });
  expect(bench.counters.list()).toContainEqual(['promoted', 1]);
});

const CANDIDATE = { client: '203.0.113.7', clientName: 'mx.example.com', senderDomain: 'example.com' };

test('what belongs to one pass may come in several chunks', async () => {
  const bench = await engineBench({ config: CONFIG });
  const of = (owner: string, uses: number): PassCandidate => ({ ...CANDIDATE, owner, uses });
  bench.store.passCandidates = async function* passCandidates() {
    yield [of('a.example.com', 4), of('b.example.com', 2)];
    yield [of('b.example.com', 3), { ...of('b.example.com', 9), senderDomain: 'other.net' }];
    yield [of('c.example.com', 3)];
    yield [of('c.example.com', 3)];
  };
  expect(await promote(bench.upkeep, async () => {})).toBe(2);
  expect((await passesOf(bench)).map(({ client, uses }) => `${client} ${uses}`)).toEqual([
    'b.example.com 5',
    'c.example.com 6',
  ]);
});

test('however many candidates and passes there are, checks get a pause after every 50', async () => {
  const bench = await engineBench({ config: CONFIG });
  let done = 0;
  const addPass = bench.store.addPass.bind(bench.store);
  bench.store.addPass = (pass) => {
    done += 1;
    return addPass(pass);
  };
  const counted = (i: number): PassCandidate => ({
    ...CANDIDATE,
    owner: `mx${i}.example.com`,
    uses: i % 2 === 0 ? 5 : 1,
    get clientName() {
      done += 1;
      return 'mx.example.com';
    },
  });
  bench.store.passCandidates = async function* passCandidates() {
    for (let chunk = 0; chunk < 4; chunk += 1) yield Array.from({ length: 500 }, (_, i) => counted(chunk * 500 + i));
  };
  const steps: number[] = [];
  const rest = async (): Promise<void> => {
    steps.push(done);
    done = 0;
  };
  expect(await promote(bench.upkeep, rest)).toBe(1000);
  await rest();
  expect(steps.reduce((sum, step) => sum + step)).toBe(3000);
  expect(Math.max(...steps)).toBeLessThanOrEqual(100);
});
