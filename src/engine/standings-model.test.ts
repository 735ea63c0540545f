// Standings over time, as a whole against a model that anyone can check: after any sequence of checks, reports, pauses and
// changes in the DNS all clients have the model's standings.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressOf, type Bench, checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import type { FakeDns } from '../dns/fake-resolver.ts';
import { describeReasons } from '../policy/standing.ts';

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];
const WEEK = 7 * DAY;
const [SEARCH, BLACKLIST] = [60 * DAY, 10 * DAY];
const CONFIG = `
  rbls spamcop uce-2
  search_duration 60d
  policy_duration 7d
  blacklist 10d
`;

const LISTS = ['bl.spamcop.net', 'dnsbl-2.uceprotect.net'];

/** Two hosts of one domain, and one of whatever the DNS says. */
const CLIENTS = ['203.0.113.7', '203.0.113.8', '198.51.100.1'] as const;
type Client = (typeof CLIENTS)[number];
const EVENTS = ['ok', 'spam', 'unknown', 'hard_trap', 'disconnect'] as const;
type Event = (typeof EVENTS)[number];

/** What DNS says of a client. */
interface Said {
  readonly named: boolean;
  /** By both lists: one that errs now and then, and one that does not. */
  readonly listed: boolean;
  /** 0: not in DNSWL. */
  readonly trust: number;
}

interface Seen {
  readonly ip: Client;
  readonly event: Event;
  readonly time: number;
  readonly sender: string;
  /** Whom an accepted mail counts for. */
  readonly owner: string;
}

interface Held {
  readonly identity: string;
  readonly score: number;
  readonly class: string;
  readonly reasons: string;
  readonly expires: number;
  readonly reveal: number | undefined;
}

type Reason = readonly [points: number, reason: string];

/** The least score of each class, best first: written anew, since a model that read the program's table would agree with any. */
const CLASSES: readonly (readonly [least: number, name: string])[] = [
  [20, 'white'],
  [10, 'grey_min'],
  [5, 'grey_short'],
  [-5, 'grey_default'],
  [-20, 'grey_long'],
  [-100, 'grey_max'],
  [-Infinity, 'black'],
];

class Model {
  now = T0;
  readonly dns = new Map<Client, Said>(CLIENTS.map((ip) => [ip, { named: true, listed: false, trust: 0 }]));
  readonly seen: Seen[] = [];
  readonly held = new Map<Client, Held>();

  live(ip: Client): Held | undefined {
    const held = this.held.get(ip);
    return held !== undefined && held.expires > this.now ? held : undefined;
  }

  all(): readonly (Held | undefined)[] {
    return CLIENTS.map((ip) => this.live(ip));
  }

  check(ip: Client): void {
    if (this.live(ip) === undefined) this.#compute(ip);
  }

  report(ip: Client, event: Event, time: number, sender: string): void {
    const owner = this.live(ip)?.identity ?? this.#identity(ip);
    this.seen.push({ ip, event, time, sender, owner });
    const live = this.live(ip);
    if (event !== 'ok') {
      if (live !== undefined) this.#compute(ip);
      return;
    }
    // What the mail may make better ends when it begins to count.
    const counts = Math.max(time + DAY, this.now);
    for (const one of CLIENTS) {
      const held = this.live(one);
      if (held === undefined || held.class === 'white' || (one !== ip && held.identity !== owner)) continue;
      this.held.set(one, { ...held, expires: Math.min(held.expires, counts) });
    }
  }

  #identity(ip: Client): string {
    return this.dns.get(ip)?.named === true ? 'example.com' : ip;
  }

  #compute(ip: Client): void {
    const identity = this.#identity(ip);
    const counted = this.seen.filter(({ time }) => time >= this.now - SEARCH);
    const ok = counted.filter(({ event, owner }) => event === 'ok' && owner === identity).map(({ time }) => time);
    const bad = counted.filter((one) => one.event !== 'ok' && one.ip === ip);
    const reasons = this.#reasons(ip, ok, bad);
    const score = sum(reasons);
    const worst = classOf(score) === 'black';
    const byList = classOf(sum(this.#reasons(ip, ok, []))) === 'black';
    const end = worst && !byList ? Math.max(...bad.map(({ time }) => time)) + BLACKLIST : Infinity;
    const black = worst && end > this.now;
    const kind = worst && !black ? 'grey_max' : classOf(score);
    const better = kind === 'white' ? Infinity : this.#betterAt(ok);
    this.held.set(ip, {
      identity,
      score,
      class: kind,
      reasons:
        reasons
          .map(([, reason]) => reason)
          .toSorted()
          .join(', ') || 'basic',
      expires: Math.min(this.now + WEEK, better, end > this.now ? end : Infinity),
      reveal: this.#keptReveal(ip) ?? (black ? this.now + DAY : undefined),
    });
  }

  #reasons(ip: Client, ok: readonly number[], bad: readonly Seen[]): readonly Reason[] {
    const { named = false, listed = false, trust = 0 } = this.dns.get(ip) ?? {};
    const old = ok.filter((time) => time <= this.now - WEEK).length;
    const history: Reason | undefined =
      old >= 15
        ? [30, '15 mails accepted']
        : old >= 5
          ? [20, '5 mails accepted']
          : ok.some((time) => time <= this.now - DAY)
            ? [5, 'mail accepted']
            : undefined;
    const known = trust >= 2 || (history?.[0] ?? 0) >= 20;
    const reputable = old > 0 && (trust >= 1 || (history?.[0] ?? 0) > 10) && !listed && named;
    const pairs = (event: Event): number =>
      new Set(bad.filter((one) => one.event === event).map((it) => it.sender)).size;
    const lost = bad.filter(({ event }) => event === 'disconnect').map(({ time }) => Math.floor(time / MINUTE));
    const minutes = new Set(lost).size;
    const [unknown, spam] = [pairs('unknown'), pairs('spam')];
    const rows: readonly (Reason | false | undefined)[] = [
      !named && [-10, 'dynamic address'],
      trust > 0 && (trust === 1 ? [10, 'DNSWL low'] : [50, 'DNSWL medium or high']),
      history,
      listed && (known ? [0, 'Spamcop, taken for a false listing'] : [-80, 'Spamcop']),
      listed && [-50, 'Uceprotect level 2'],
      bad.some(({ event }) => event === 'hard_trap') && [-500, 'hard trap'],
      unknown > 0 && !reputable && [-30 * unknown, 'unknown recipients'],
      unknown > 0 && reputable && unknown <= old / 10 && [0, 'some unknown recipients from a reputable client'],
      unknown > old / 10 && reputable && [-10 * (unknown + 1), 'many unknown recipients from a reputable client'],
      spam > 0 && (spam > 2 ? [-50 * spam, 'much spam'] : [-20 * spam, 'spam']),
      minutes > 0 && [Math.max(-10 * minutes, -50), 'disconnects'],
    ];
    return rows.filter((row) => row !== false && row !== undefined);
  }

  /** When one, five or fifteen of these mails are old enough to count more than they do now. */
  #betterAt(ok: readonly number[]): number {
    const times = ok.toSorted((a, b) => a - b);
    const begins = [(times[0] ?? Infinity) + DAY, (times[4] ?? Infinity) + WEEK, (times[14] ?? Infinity) + WEEK];
    return Math.min(...begins.filter((time) => time > this.now));
  }

  /** A blacklisting that goes on, or comes back soon, keeps its moment. */
  #keptReveal(ip: Client): number | undefined {
    const { reveal, class: kind, expires } = this.held.get(ip) ?? { class: '', expires: 0 };
    if (reveal === undefined) return undefined;
    return (kind === 'black' ? expires + BLACKLIST : reveal + 8 * DAY) > this.now ? reveal : undefined;
  }
}

function sum(reasons: readonly Reason[]): number {
  return reasons.reduce((total, [points]) => total + points, 0);
}

function classOf(score: number): string {
  return CLASSES.find(([least]) => score >= least)?.[1] ?? '';
}

function tableOf(said: ReadonlyMap<Client, Said>): FakeDns {
  const ptr: { [ip: string]: string[] } = {};
  const a: { [name: string]: string[] } = {};
  for (const [ip, { named, listed, trust }] of said) {
    const reversed = ip.split('.').toReversed().join('.');
    const name = `mx${ip.at(-1)}.example.com`;
    if (named) [ptr[ip], a[name]] = [[name], [ip]];
    if (listed) for (const zone of LISTS) a[`${reversed}.${zone}`] = ['127.0.0.2'];
    if (trust > 0) a[`${reversed}.list.dnswl.org`] = [`127.0.5.${trust}`];
  }
  return { ptr, a };
}

type Command = fc.AsyncCommand<Model, Bench>;

/** A step, after which the standings are compared. */
function command(name: string, run: (model: Model, bench: Bench) => Promise<unknown>): Command {
  return {
    check: () => true,
    run: async (model, bench) => {
      await run(model, bench);
      expect(await allHeld(bench)).toEqual(model.all());
    },
    toString: () => name,
  };
}

async function allHeld(bench: Bench): Promise<readonly (Held | undefined)[]> {
  return Promise.all(CLIENTS.map((ip) => heldBy(bench, ip)));
}

async function heldBy({ standings }: Bench, ip: Client): Promise<Held | undefined> {
  const standing = await standings.known(addressOf(ip));
  if (standing === undefined) return undefined;
  const { identity, score, class: kind, expires, reveal } = standing;
  return { identity, score, class: kind, reasons: describeReasons(standing), expires, reveal };
}

const client = fc.constantFrom(...CLIENTS);
const pauses = fc.constantFrom(1, MINUTE, HOUR, DAY - 1, DAY, DAY + 1, 3 * DAY, WEEK, 8 * DAY, 11 * DAY, 61 * DAY);
const said = fc.record({ named: fc.boolean(), listed: fc.boolean(), trust: fc.nat(2) });
const reports = fc.record({
  ip: client,
  event: fc.constantFrom<Event>('ok', 'ok', ...EVENTS),
  age: fc.constantFrom(0, HOUR, DAY - 1, DAY, WEEK - 1, WEEK, 9 * DAY, 59 * DAY),
  apart: fc.constantFrom(1, 40, MINUTE),
  count: fc.constantFrom(1, 2, 3, 5, 10, 15),
});
const steps = [
  client.map((ip) =>
    command(`check ${ip}`, async (model, { answerCheck }) => {
      await answerCheck(checkOf(ip, 'a@example.net', 'b@example.org'));
      model.check(ip);
    }),
  ),
  reports.map(({ ip, event, age, apart, count }) =>
    command(`${count} ${event} ${ip}, ${age} s ago, ${apart} s apart`, async (model, { acceptReport }) => {
      for (let at = 0; at < count; at += 1) {
        const [time, sender] = [model.now - age - at * apart, `s${at}@example.net`];
        // One that is known already changes nothing.
        const isNew = !model.seen.some((it) => it.ip === ip && it.event === event && it.time === time);
        if (isNew) model.report(ip, event, time, sender);
        if (isNew) await acceptReport({ reporter: 'exim4', time, ip, event, sender });
      }
    }),
  ),
  fc.tuple(client, said).map(([ip, changed]) =>
    command(`DNS: ${ip} ${JSON.stringify(changed)}`, async (model, { dns }) => {
      model.dns.set(ip, changed);
      dns.change(tableOf(model.dns));
    }),
  ),
  pauses.map((seconds) =>
    command(`${seconds} s pass`, async (model, { clock }) => {
      model.now += seconds;
      clock.advance(seconds);
    }),
  ),
];

test('the standings are those of the model', async () => {
  const commands = fc.commands(steps, { maxCommands: 40, size: '+1' });
  const property = fc.asyncProperty(commands, async (sequence) => {
    const model = new Model();
    const bench = await engineBench({ config: CONFIG, dns: tableOf(model.dns) });
    await fc.asyncModelRun(() => ({ model, real: bench }), sequence);
    expect(await allHeld(bench)).toEqual(model.all());
  });
  await fc.assert(property, { numRuns: 300 });
});
