// What ze-filter was recorded to do as a client of a central server, under the titles of the recording: answers at RCPT, and
// what the server and the client remember. What it makes of single answers: greyd-client.test.ts.
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Bench, checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import { admit } from '../engine/admit.ts';
import { seconds } from '../lib/clock.ts';
import { createCounters } from '../lib/counters.ts';
import { knownFields } from '../lib/known-fields.ts';
import { startLineServer } from '../lib/line-server.ts';
import { silentLog } from '../lib/log.ts';
import { createGreydClient } from './greyd-client.ts';
import { greydProtocol } from './greyd.ts';

/** ze-filter's defaults, where ours differ. */
const WORLD = `
  reputation no
  grey_default 600s
  retry 3d
  GREY_IP_COMPONENT NET`;

/** A server that its clients can reach, with this policy file; or one that says this to every check. */
async function startServer({ policy = '', says }: { policy?: string; says?: 'reject' }) {
  const bench = await engineBench({ config: WORLD, policy });
  const { checks, store, clock, counters, upkeep } = bench;
  const server = await startLineServer({
    address: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    protocol: greydProtocol({
      answerCheck: says === undefined ? bench.answerCheck : async () => ({ kind: 'black', reason: 'blacklisted' }),
      admit: (check) => admit(checks, check),
      tables: store,
      lifetimes: () => upkeep.settings().lifetimes,
      reload: async () => {},
      stop: () => {},
      access: () => ({ access: () => 'use' }),
      nextId: () => 'id',
      clock,
      log: silentLog,
      counters,
    }),
    log: silentLog,
    counters,
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { bench, port: server.address.kind === 'tcp' ? server.address.port : 0 };
}

/** A mail server's daemon, in client mode. */
function startClient(port: number): Promise<Bench> {
  const address = { kind: 'tcp', host: '127.0.0.1', port } as const;
  const server = createGreydClient({ address, connectTimeout: 2, log: silentLog, counters: createCounters() });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return engineBench({ config: WORLD, server });
}

/** What a daemon remembers: state, recipient and times after the start. */
async function remembered({ store }: Bench): Promise<readonly string[]> {
  const tuples = await store.tuples({ text: undefined, limit: 9 });
  return tuples
    .map(({ state, tuple, firstSeen, lastSeen }) => `${state} ${tuple.recipient} ${firstSeen - T0}-${lastSeen - T0}`)
    .toSorted();
}

interface Step {
  readonly at: number;
  /** 1 if not given. */
  readonly client?: 1 | 2;
  readonly to?: string;
  readonly answer: 'grey' | 'white' | 'black';
  /** What is remembered then, where that was recorded. */
  readonly server?: readonly string[];
  readonly local?: readonly string[];
}

const BOB = 'bob@example.org';

test.for<[title: string, world: { policy?: string; says?: 'reject'; down?: true }, steps: readonly Step[]]>([
  [
    'client mode: first filter',
    {},
    [
      { at: 0, answer: 'grey', server: [`pending ${BOB} 0-0`] },
      { at: 300, answer: 'grey', server: [`pending ${BOB} 0-0`] },
      { at: 600, answer: 'white', server: [`valid ${BOB} 600-600`] },
      { at: 601, answer: 'white', server: [`valid ${BOB} 600-600`] },
    ],
  ],
  [
    'first attempt through filter 1, retry after 10 minutes through filter 2 (empty tables)',
    {},
    [
      { at: 1000, to: 'new@example.org', answer: 'grey' },
      { at: 1600, client: 2, to: 'new@example.org', answer: 'white', server: ['valid new@example.org 1600-1600'] },
    ],
  ],
  // D20 is that a server without a policy said the same; ours greylists then.
  [
    'filter policy YES, server policy NO (also: the server\u2019s empty policy database)',
    { policy: 'GreyCheckConnect:default NO' },
    [{ at: 3000, to: 'pol@example.org', answer: 'white', server: [], local: ['valid pol@example.org 3000-3000'] }],
  ],
  [
    'server down: the filter works with its local tables alone',
    { down: true },
    [
      { at: 0, answer: 'grey' },
      { at: 599, answer: 'grey' },
      { at: 600, answer: 'white' },
      { at: 601, answer: 'white' },
    ],
  ],
  // D9: the recipient was accepted.
  ['answer 500 (REJECT)', { says: 'reject' }, [{ at: 0, answer: 'black', local: [] }]],
  [
    'GREYVALID after the local wait',
    {},
    [
      { at: 0, answer: 'grey', local: [`pending ${BOB} 0-0`] },
      { at: 600, answer: 'white', server: [`valid ${BOB} 600-600`], local: [`valid ${BOB} 600-600`] },
      { at: 601, answer: 'white', local: [`valid ${BOB} 600-600`] },
    ],
  ],
])('%s', async ([, { down = false, ...world }, steps]) => {
  const central = await startServer(world);
  const port = down ? 1 : central.port;
  const clients = { 1: await startClient(port), 2: await startClient(port) };
  for (const { at, client = 1, to = BOB, answer, server, local } of steps) {
    for (const { clock } of [central.bench, ...Object.values(clients)]) clock.advance(T0 + at - seconds(clock));
    const check = checkOf('10.1.2.3', 'joe@example.com', to, 'mail.example.com');
    expect((await clients[client].answerCheck(check)).kind).toBe(answer);
    const seen = async (): Promise<object> => ({
      server: await remembered(central.bench),
      local: await remembered(clients[client]),
    });
    // What passes is told afterwards.
    await vi.waitFor(async () => expect(await seen()).toMatchObject(knownFields({ server, local })), 10_000);
  }
});
