// Plays the dialog files against the real servers on real sockets, with the real engine, a memory store and a clock that
// the dialog moves.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { admit } from '../src/engine/admit.ts';
import type { AnswerCheck } from '../src/engine/answer-check.ts';
import type { ManualClock } from '../src/lib/clock.ts';
import type { LineProtocol } from '../src/lib/line-protocol.ts';
import { startLineServer } from '../src/lib/line-server.ts';
import { silentLog } from '../src/lib/log.ts';
import { greydProtocol } from '../src/mta/greyd.ts';
import { greylistProtocol } from '../src/mta/greylist-socket.ts';
import { policyProtocol } from '../src/mta/postfix-policy.ts';
import { fakeParts } from '../src/peers/fake-sync-parts.ts';
import { PeerList } from '../src/peers/peer-list.ts';
import { syncProtocol } from '../src/peers/sync-server.ts';
import { replyText } from '../src/policy/reply.ts';
import { DialogClient } from './dialog-client.ts';
import { type DialogLine, parseDialog, type Step } from './dialog-file.ts';
import { type Bench, configOf, engineBench } from './engine-bench.ts';

const DIALOGS = join(import.meta.dirname, 'dialogs');
const LINE_ENDS = { greylist: '\r\n', policy: '\n', greyd: '\r\n', sync: '\r\n' } as const;
type Protocol = keyof typeof LINE_ENDS;

/** What dialogs/README.md says about the world that they are played in. */
const WORLD = `
  reputation no
  trusted 192.0.2.0/24 2001:db8:7::/48
  grey_min 1s
  grey_short 1s
  grey_default 300s
  grey_long 1h
  grey_max 1h
  retry 3d
  GREY_IP_COMPONENT NET
  GREY_REPLY "451:4.2.0:Greylisted: {why}, try again in {wait} ({id})"`;

/** Milliseconds in which an answer must come. */
const PATIENCE = 2000;

for (const protocol of ['greylist', 'policy', 'greyd', 'sync'] as const) {
  test.for(readdirSync(join(DIALOGS, protocol)).filter((name) => name.endsWith('.txt')))(
    `${protocol}/%s`,
    async (name) => {
      const lines = parseDialog(readFileSync(join(DIALOGS, protocol, name), 'utf8'), LINE_ENDS[protocol]);
      expect(lines.some(({ step }) => step.kind === 'expect')).toBe(true);
      const stage = await startStage(protocol);
      await play(lines, stage, `${protocol}/${name}`);
    },
  );
}

test.for(['check', '>x', 'clock 300', 'closed?'])('a line that is no step is an error: %s', (line) => {
  expect(() => parseDialog(`# x\n${line}`, '\n')).toThrow('line 2: no step of a dialog');
});

test.for([
  ['> check x a b\n< 500 bad', 'fault:2: expected "500 bad\\r\\n", received "500 bad IP address format\\r\\n"'],
  ['> quit', 'fault:1: received "250 closing connection\\r\\n" where nothing was expected'],
  ['> \nclosed', 'fault:2: the server did not close'],
] as const)('a dialog that goes wrong is an error: %j', async ([text, message]) => {
  const stage = await startStage('greylist', 100);
  await expect(play(parseDialog(text, '\r\n'), stage, 'fault')).rejects.toThrow(message);
});

interface Stage {
  readonly clock: ManualClock;
  readonly gate: Gate;
  connect(): DialogClient;
}

async function startStage(protocol: Protocol, patience = PATIENCE): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-dialog-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const bench = await engineBench({ config: WORLD });
  const { clock, counters } = bench;
  const gate = createGate(bench.answerCheck);
  const server = await startLineServer({
    address: { kind: 'unix', path: join(directory, 'socket') },
    protocol: openProtocol(protocol, bench, gate.answerCheck),
    log: silentLog,
    counters,
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const connect = (): DialogClient => {
    const client = new DialogClient(join(directory, 'socket'), patience);
    onTestFinished(() => client.destroy());
    return client;
  };
  return { clock, gate, connect };
}

function openProtocol(protocol: Protocol, bench: Bench, answerCheck: AnswerCheck): LineProtocol {
  let count = 0;
  const nextId = (): string => `id${(count += 1)}`;
  const { clock, checks, counters, store, upkeep } = bench;
  const asks = { answerCheck, nextId, log: silentLog, counters };
  const reply = configOf(WORLD).GREY_REPLY;
  switch (protocol) {
    case 'greylist':
      return greylistProtocol(asks);
    case 'policy':
      return policyProtocol({ ...asks, replyText: (check, verdict) => replyText(reply, check, verdict) });
    case 'greyd':
      return greydProtocol({
        ...asks,
        tables: store,
        lifetimes: () => upkeep.settings().lifetimes,
        clock,
        admit: (check) => admit(checks, check),
        reload: () => Promise.resolve(),
        stop: () => {},
        access: () => ({ access: () => 'admin' }),
      });
    case 'sync': {
      const newest = (): Promise<number> => store.reportIdBefore(Number.POSITIVE_INFINITY);
      const { acceptReport, acceptPeerReport, reportParts } = bench;
      const peers = new PeerList({ clock, log: silentLog, counters, newest });
      const exchange = { reports: store, news: reportParts.news, peers, acceptReport, acceptPeerReport };
      return syncProtocol({ ...fakeParts(), ...exchange });
    }
  }
}

/** Holds the answers about slow clients back. */
interface Gate {
  readonly answerCheck: AnswerCheck;
  slow(client: string): void;
  ready(client: string): void;
}

function createGate(answerCheck: AnswerCheck): Gate {
  const held = new Map<string, PromiseWithResolvers<void>>();
  return {
    answerCheck: async (check) => {
      await held.get(check.client.text)?.promise;
      return await answerCheck(check);
    },
    slow: (client) => held.set(client, Promise.withResolvers()),
    ready: (client) => {
      held.get(client)?.resolve();
      held.delete(client);
    },
  };
}

async function play(lines: readonly DialogLine[], stage: Stage, file: string): Promise<void> {
  const clients = new Map<string, DialogClient>();
  let name = 'first';
  let at = 0;
  try {
    for (const { step, line } of lines) {
      at = line;
      if (step.kind === 'on') name = step.connection;
      else {
        const client = clients.get(name) ?? stage.connect();
        clients.set(name, client);
        await playStep(step, client, stage);
        if (step.kind === 'hang-up') clients.delete(name);
      }
    }
    for (const left of clients.values()) {
      left.halfClose();
      await left.closed();
    }
  } catch (error) {
    throw new Error(`${file}:${at}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function playStep(
  step: Exclude<Step, { kind: 'on' }>,
  client: DialogClient,
  { clock, gate }: Stage,
): Promise<void> {
  switch (step.kind) {
    case 'send':
      client.send(step.bytes);
      break;
    case 'expect':
      await client.expect(step.text);
      break;
    case 'closed':
      await client.closed();
      break;
    case 'half-close':
      client.halfClose();
      break;
    case 'hang-up':
      await client.hangUp();
      break;
    case 'clock':
      clock.advance(step.seconds);
      break;
    case 'slow':
    case 'ready':
      gate[step.kind](step.client);
      break;
  }
}
