// Reads the reports of another server: keeps a subscription, comes back when it is lost, and goes on where it was. The
// place is what the other server told last, by its own clock, so it does not matter how the clocks differ.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { type AcceptPeerReport, FROM_THE_FUTURE, type Sender } from '../engine/accept-peer-report.ts';
import { createBackOff } from '../lib/back-off.ts';
import type { Counters } from '../lib/counters.ts';
import { causeOf } from '../lib/error-cause.ts';
import type { Kept } from '../lib/kept.ts';
import { Pace } from '../lib/pace.ts';
import { lookUpOthers, OURSELVES } from './look-up-peer.ts';
import type { Events } from './peer-events.ts';
import type { SourceState } from './peer-list.ts';
import type { PeerTls } from './peer-tls.ts';
import { ask, greet, type Input, type Wire, wireOf } from './peer-wire.ts';
import { ReportStream } from './report-stream.ts';
import type { ParsedReport } from './report-text.ts';
import { StepsUnderWay } from './steps-under-way.ts';

export interface PeerClientParts {
  readonly host: string;
  readonly port: number;
  /** This server's name. */
  readonly name: () => string;
  /** Whether the connection would lead to this server, under this address. */
  readonly isOurs: (address: string) => boolean;
  /** `stored` of the last report that was received. */
  readonly place: Kept<number>;
  readonly accept: AcceptPeerReport;
  /** What is taken from the address that we are connected to, now and later; rejects while that can't be told. */
  readonly events: (address: string | undefined) => Promise<() => Events>;
  /** Reports a minute that are taken; 0: as many as there are. */
  readonly rate: () => number;
  /** Undefined: plain text. */
  readonly tls: PeerTls | undefined;
  readonly state: SourceState;
  readonly counters: Counters;
  readonly random?: () => number;
  /** Milliseconds between attempts, from the first to the longest, and of the silence in which a peer has told all. */
  readonly waits?: { readonly first: number; readonly longest: number; readonly silence?: number };
}

const WAITS = { first: 1000, longest: 60_000, silence: 10_000 };
/** Milliseconds after our start in which our own reports are taken back at most, however long a peer goes on telling. */
const RESTORING = 3_600_000;
/** Who found itself looks again after an hour: names get other addresses. Milliseconds. */
const OURSELVES_WAIT = 3_600_000;
/** Milliseconds to be connected and answered. */
const PATIENCE = 30_000;
/** Milliseconds of silence after which the system asks whether the other end is still there. */
const KEEP_ALIVE = 30_000;
/** Seconds before the last report from which on reports are asked for again; the original daemon does so too. */
const MARGIN = 60;
/** Connections that are given up, over some minutes, in the hope that our clock is set: what is refused does not come again. */
const CLOCK_PATIENCE = 10;
/** Why they are. */
const WRONG_CLOCK = 'it tells of times that have yet to come here; one of the clocks is wrong';
/** Lines that are read and taken in at once, 25 reports: about a millisecond of work, then checks have their turn. */
const STEP = 325;

/** Reads until it is closed. */
export function startPeerClient(parts: PeerClientParts): AsyncDisposable {
  const closing = new AbortController();
  const { signal } = closing;
  const backOff = createBackOff({ ...WAITS, ...parts.waits, ...(parts.random ? { random: parts.random } : {}) });
  // The database may have been lost, or be an older one that was put back: until all was told that was there, our own
  // reports are asked for, too.
  const source: Source = { ...parts, restores: true, patience: CLOCK_PATIENCE };
  const restoring = setTimeout(() => (source.restores = false), RESTORING).unref();
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const result = await follow(source, signal, () => backOff.worked()).catch(causeOf);
      if (signal.aborted) return;
      if (result === WRONG_CLOCK) source.patience -= 1;
      if (result === OURSELVES) parts.state.ourselves();
      else parts.state.waiting(result);
      const wait = result === OURSELVES ? OURSELVES_WAIT : backOff.failed();
      await sleep(wait, undefined, { signal }).catch(() => {});
    }
  };
  const running = run();
  return {
    [Symbol.asyncDispose]: () => {
      clearTimeout(restoring);
      closing.abort();
      return running;
    },
  };
}

interface Source extends PeerClientParts {
  restores: boolean;
  /** Connections that may still be given up because of a clock. */
  patience: number;
}

/** One connection, from its begin to its end; why it ended. One that fails soon, again and again, is no good one. */
async function follow(parts: Source, signal: AbortSignal, onGood: () => void): Promise<string> {
  const { host, port, isOurs } = parts;
  // Of an address nothing is looked up.
  if (isOurs(host)) return OURSELVES;
  const lookup = lookUpOthers(isOurs);
  const socket = connect({ host, port, lookup, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE });
  const impatience = setTimeout(() => socket.destroy(new Error('no answer in time')), PATIENCE);
  let lasting: NodeJS.Timeout | undefined;
  const abort = (): void => void socket.destroy();
  signal.addEventListener('abort', abort, { once: true });
  // Whoever waits for the socket is told; an error that comes when nobody does ends it all the same.
  socket.on('error', () => {});
  try {
    await once(socket, 'connect', { signal });
    const events = await Promise.race([parts.events(socket.remoteAddress), closed(socket)]);
    const { wire, welcome } = await greet({ ...parts, name: parts.name() }, wireOf(socket));
    const name = /I am (\S{1,255})/.exec(welcome)?.[1] ?? '';
    if (name === parts.name()) return OURSELVES;
    const place = await parts.place.load();
    const from = Math.max(0, (place ?? 0) - MARGIN);
    const { rest } = await ask(wire, `subscribe ${from}${parts.restores ? ' all' : ''}`, 302);
    clearTimeout(impatience);
    lasting = setTimeout(onGood, (parts.waits ?? WAITS).longest);
    parts.state.connected(name);
    await receive(parts, wire, { rest, place, events, signal });
    return 'closed by the peer';
  } finally {
    clearTimeout(impatience);
    clearTimeout(lasting);
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}

/** Rejects when the socket is closed. */
async function closed(socket: Socket): Promise<never> {
  await once(socket, 'close');
  throw new Error('closed at once');
}

interface Begun {
  readonly rest: readonly string[];
  readonly place: number | undefined;
  readonly events: () => Events;
  readonly signal: AbortSignal;
}

/** Takes in what comes. What was taken in before the place is saved is safe from every end of the connection. */
async function receive(parts: Source, { socket, input }: Wire, { rest, place, events, signal }: Begun): Promise<void> {
  const stream = new ReportStream();
  const pace = new Pace(parts.rate);
  const steps = new StepsUnderWay((error) => void socket.destroy(error));
  let told = place;
  try {
    for (let lines: readonly string[] | undefined = rest; lines !== undefined; lines = await more(parts, input)) {
      let last: number | undefined;
      for (let start = 0; start < lines.length; start += STEP) {
        const reports = stream.read(lines.slice(start, start + STEP));
        await turnAfter(pace.take(reports.length), signal);
        const sender = { events: events(), restores: parts.restores };
        await steps.add(Promise.all(reports.map((report) => take(parts, report, sender))));
        parts.state.received(reports.length);
        last = reports.reduce(storedLast, last);
      }
      if (last === undefined || last === told) continue;
      const stored = last;
      told = last;
      await steps.behind(() => parts.place.save(stored));
    }
  } finally {
    // The next connection must not begin before, from a place that is still to be saved.
    await steps.settled();
  }
}

/** The next lines. Silence before them means that all that was there has come. */
async function more(parts: Source, input: Input): Promise<readonly string[] | undefined> {
  const silence = setTimeout(() => (parts.restores = false), parts.waits?.silence ?? WAITS.silence);
  try {
    return (await input.next()).value ?? undefined;
  } finally {
    clearTimeout(silence);
  }
}

function storedLast(last: number | undefined, parsed: ParsedReport): number | undefined {
  return parsed.kind === 'report' && parsed.stored > 0 ? parsed.stored : last;
}

async function take(parts: Source, parsed: ParsedReport, sender: Sender): Promise<void> {
  const { accept, counters, state, patience } = parts;
  counters.add('peer reports received');
  if (parsed.kind === 'bad') state.malformed(parsed.reason);
  else if (parsed.named === undefined) state.malformed('no origin or origin_id');
  else {
    const refused = await accept({ ...parsed.report, ...parsed.named }, sender);
    if (refused === FROM_THE_FUTURE && patience > 0) throw new Error(WRONG_CLOCK);
  }
}

/** Checks have their turn; and who may send only so many a minute is not read for as long as it takes. Milliseconds. */
async function turnAfter(wait: number, signal: AbortSignal): Promise<void> {
  await (wait === 0 ? turn() : sleep(wait, undefined, { signal }));
}
