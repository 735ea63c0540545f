// Two servers of the original ddgrey, by the numbers of its record: A is asked and told, B reads from it. What the reading
// server says (m01, m03, m07, m09): src/peers/peer-client.test.ts. Defects are those of the original that we do not copy.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { InForce } from '../src/in-force.ts';
import { startLineServer } from '../src/lib/line-server.ts';
import { wholeList } from '../src/lib/whole-list.ts';
import { fakeParts } from '../src/peers/fake-sync-parts.ts';
import { peerProtocol } from '../src/peers/sync-server.ts';
import { describeReasons } from '../src/policy/standing.ts';
import { startPeers } from '../src/start-peers.ts';
import { addressOf, type Bench, checkOf, configOf, engineBench, T0 } from './engine-bench.ts';

const DNS = {
  ptr: { '203.0.113.10': ['mail.example.com'], '203.0.113.12': ['mx.example.net'] },
  a: { 'mail.example.com': ['203.0.113.10'], 'mx.example.net': ['203.0.113.12'] },
};

/** A server of the record, with its senders told apart as there. */
class Server {
  readonly bench: Bench;
  readonly port: number;
  readonly #tell: ReturnType<typeof startPeers>['onAnswer'];

  private constructor(bench: Bench, port: number, tell: ReturnType<typeof startPeers>['onAnswer']) {
    this.bench = bench;
    this.port = port;
    this.#tell = tell;
  }

  static async start(name: string, lines: string, dns: object = DNS): Promise<Server> {
    const config = `GREY_FROM_COMPONENT FULL\nname ${name}\n${lines}`;
    const bench = await engineBench({ name, config, dns });
    const { reportParts: reports, acceptReport, checks: attempts, dns: resolver, store } = bench;
    const inForce = new InForce(configOf(config), () => false);
    const started = startPeers({ reports, acceptReport, attempts, resolver, inForce, directory: '.' });
    onTestFinished(() => started[Symbol.asyncDispose]());
    const { access, peers, acceptPeerReport } = started;
    const exchange = { name: () => name, reports: store, news: reports.news, peers, acceptReport, acceptPeerReport };
    const server = await startLineServer({
      address: { kind: 'tcp', host: '127.0.0.1', port: 0 },
      protocol: peerProtocol({ ...fakeParts(), ...exchange }, access),
      log: reports.log,
      counters: bench.counters,
      closeWithin: () => 1,
    });
    onTestFinished(() => server[Symbol.asyncDispose]());
    return new Server(bench, server.address.kind === 'tcp' ? server.address.port : 0, started.onAnswer);
  }

  /** The answer to a check of 203.0.113.10, with all that follows from it. */
  async ask(sender: string, recipient: string): Promise<string> {
    const check = checkOf('203.0.113.10', sender, recipient);
    const verdict = await this.bench.answerCheck(check);
    this.#tell(check, verdict);
    await this.bench.reported();
    return verdict.kind;
  }

  /** The stored reports in their order: origin, event, sender. */
  async reports(): Promise<readonly string[]> {
    const reports = await wholeList(this.bench.store.reports(undefined));
    return reports.toReversed().map(({ origin, event, sender }) => `${origin} ${event} ${sender}`);
  }

  async standing(ip: string): Promise<string> {
    const known = await this.bench.standings.known(addressOf(ip));
    return known === undefined ? '-' : `${known.identity} ${known.class} ${known.score} (${describeReasons(known)})`;
  }
}

/** Waits until that holds: what is sent takes its time on a machine with other work. */
function inTheEnd(holds: () => Promise<void>): Promise<void> {
  return vi.waitFor(holds, { timeout: 10_000, interval: 10 });
}

/** A with these options, and B that reads from it. */
async function pair(lines: string, dns: object = DNS): Promise<readonly [a: Server, b: Server]> {
  const a = await Server.start('mx1.example.org', lines, dns);
  return [a, await Server.start('mx2.example.org', `server_read 127.0.0.1 ${a.port}`)];
}

test('m05: a first attempt at A counts at B, and so does a trap that A has; defect 24: black shows later', async () => {
  const [a, b] = await pair('accept_reader 127.0.0.1\nhard_trap trap@example.org');
  expect(await b.ask('a@example.com', 'b@example.org')).toBe('grey');
  expect(await a.ask('z@example.com', 'b@example.org')).toBe('grey');
  await inTheEnd(async () => expect(await b.bench.store.tuples({ text: undefined, limit: 9 })).toHaveLength(2));
  for (const { bench } of [a, b]) bench.clock.advance(14_400);
  expect(await b.ask('z@example.com', 'b@example.org')).toBe('white');
  expect(await a.ask('a@example.com', 'trap@example.org')).toBe('grey');
  // Not here: the check of z@example.com, which was white.
  await inTheEnd(async () =>
    expect((await b.reports()).toSorted()).toEqual([
      'mx1.example.org check a@example.com',
      'mx1.example.org check z@example.com',
      'mx1.example.org hard_trap a@example.com',
      'mx2.example.org check a@example.com',
    ]),
  );
  await inTheEnd(async () => expect(await b.standing('203.0.113.10')).toBe('example.com black -500 (hard trap)'));
  expect(await b.ask('a@example.com', 'b@example.org')).toBe('grey');
  b.bench.clock.advance(86_400);
  expect(await b.ask('a@example.com', 'b@example.org')).toBe('black');
});

test('m11: a report is passed on while the DNS of A says nothing, at once; B looks up whose the client is', async () => {
  const [a, b] = await pair('accept_reader 127.0.0.1', { ...DNS, late: ['PTR 203.0.113.12'] });
  const mail = { time: T0 - 10, sender: 'a@example.com', recipient: 'b@example.org' };
  await a.bench.acceptReport({ reporter: 'exim4', ip: '203.0.113.12', event: 'spam', ...mail });
  await inTheEnd(async () => expect(await b.reports()).toEqual(['mx1.example.org spam a@example.com']));
  await b.bench.answerCheck(checkOf('203.0.113.12', 'a@example.com', 'b@example.org'));
  expect(await b.standing('203.0.113.12')).toBe('example.net grey_long -20 (spam)');
});

test('m13: a report without a number is one of the server that it is given to, and is kept (it went within a minute)', async () => {
  const [a, b] = await pair('accept 127.0.0.1');
  const writer = connect(a.port, '127.0.0.1');
  onTestFinished(() => void writer.destroy());
  const say = async (text: string): Promise<string> => {
    writer.write(text);
    return String(await once(writer, 'data'));
  };
  expect(await say('report\r\n')).toBe('301 go ahead\r\n');
  const fields = [
    'origin:mx9.example.org',
    'origin_id:',
    'reporter:exim4',
    'time:1699999990',
    'stored:',
    'ip:203.0.113.10',
    'domain:example.com',
    'event:spam',
    'e_from:a@example.com',
    'e_to:b@example.org',
    'mta_id:',
  ];
  expect(await say(`${fields.join('\r\n')}\r\n.\r\n`)).toBe('200 accepted\r\n');
  const kept = ['mx1.example.org spam a@example.com'];
  expect(await a.reports()).toEqual(kept);
  await inTheEnd(async () => expect(await b.reports()).toEqual(kept));
  for (const server of [a, b]) {
    server.bench.clock.advance(61);
    await server.bench.maintain();
    expect(await server.reports()).toEqual(kept);
  }
});

test('m10: text in UTF-8 comes as it was, and once (it came twice, in two spellings)', async () => {
  const [a, b] = await pair('accept_reader 127.0.0.1');
  expect(await a.ask('åäö@example.com', 'b@example.org')).toBe('grey');
  expect(await a.ask('z@example.com', 'b@example.org')).toBe('grey');
  const told = ['mx1.example.org check åäö@example.com', 'mx1.example.org check z@example.com'];
  await inTheEnd(async () => expect(await b.reports()).toEqual(told));
});

test('m14, defect 45: two servers that give themselves the same name are read from for themselves', async () => {
  const sources: Server[] = [];
  for (const event of ['spam', 'relay']) {
    const source = await Server.start('mx1.example.org', 'accept_reader 127.0.0.1');
    source.bench.clock.advance(event === 'spam' ? 7200 : 0);
    await source.bench.acceptReport({
      reporter: 'exim4',
      time: T0 - 10,
      ip: '203.0.113.10',
      event,
      sender: 'a@b.example',
    });
    sources.push(source);
  }
  const reads = sources.map(({ port }) => `server_read 127.0.0.1 ${port}`).join('\n');
  const b = await Server.start('mx2.example.org', reads);
  await inTheEnd(async () =>
    expect((await b.reports()).toSorted()).toEqual([
      'mx1.example.org relay a@b.example',
      'mx1.example.org spam a@b.example',
    ]),
  );
});
