// Takes in the reports that come over a subscription at another server, and saves how far that was.
import { setImmediate as turn } from 'node:timers/promises';
import { type AcceptPeerReport, FROM_THE_FUTURE, type Sender } from '../engine/accept-peer-report.ts';
import type { Counters } from '../lib/counters.ts';
import type { Kept } from '../lib/kept.ts';
import { Pace, untilTurn } from '../lib/pace.ts';
import type { Events } from './peer-events.ts';
import type { SourceState } from './peer-list.ts';
import type { Input, Wire } from './peer-wire.ts';
import { ReportStream } from './report-stream.ts';
import type { ParsedReport } from './report-text.ts';
import { StepsUnderWay } from './steps-under-way.ts';

export interface ReceiverParts {
  /** `stored` of the last report that was received. */
  readonly place: Kept<number>;
  readonly accept: AcceptPeerReport;
  /** Reports a minute that are taken; 0: as many as there are. */
  readonly rate: () => number;
  readonly state: SourceState;
  readonly counters: Counters;
  /** Milliseconds of silence after which a peer has told all that was there. */
  readonly waits?: { readonly silence?: number };
}

/** With what changes from one connection to the next. */
export interface Receiver extends ReceiverParts {
  /** Whether our own reports are taken back. */
  restores: boolean;
  /** Connections that may still be given up because of a clock. */
  patience: number;
}

/** Why a connection is given up while there is patience: what is refused does not come again. */
export const WRONG_CLOCK = 'it tells of times that have yet to come here; one of the clocks is wrong';
const SILENCE = 10_000;
/** Lines that are read and taken in at once, 25 reports: about a millisecond of work, then checks have their turn. */
const STEP = 325;

/** A subscription that has begun. */
interface Begun {
  /** The lines that came behind its answer. */
  readonly rest: readonly string[];
  /** `stored` of the last report of an earlier one. */
  readonly place: number | undefined;
  /** What is taken from the other server now. */
  readonly events: () => Events;
  readonly signal: AbortSignal;
}

/**
 * Takes in all that comes until the connection ends. A place is saved only when all reports before it are kept:
 * whatever ends the connection, or the process, none is lost.
 */
export async function receiveReports(
  parts: Receiver,
  { socket, input }: Wire,
  { rest, place, events, signal }: Begun,
): Promise<void> {
  const stream = new ReportStream();
  const pace = new Pace(parts.rate);
  const steps = new StepsUnderWay((error) => void socket.destroy(error));
  let told = place;
  try {
    for (let lines: readonly string[] | undefined = rest; lines !== undefined; lines = await more(parts, input)) {
      let last: number | undefined;
      for (let start = 0; start < lines.length; start += STEP) {
        const reports = stream.read(lines.slice(start, start + STEP));
        const left = pace.take(reports.length);
        // Checks have their turn; a server that may send only so many a minute is not read meanwhile.
        await (left() === 0 ? turn() : untilTurn(left, signal));
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
    // Else the next connection would begin from an old place, while a newer one is still to be saved.
    await steps.settled();
  }
}

/**
 * The next lines. If there was silence before them, all that was there has come: our own reports are not taken back any
 * more.
 */
async function more(parts: Receiver, input: Input): Promise<readonly string[] | undefined> {
  const silence = setTimeout(() => (parts.restores = false), parts.waits?.silence ?? SILENCE);
  try {
    return (await input.next()).value ?? undefined;
  } finally {
    clearTimeout(silence);
  }
}

function storedLast(last: number | undefined, parsed: ParsedReport): number | undefined {
  return parsed.kind === 'report' && parsed.stored > 0 ? parsed.stored : last;
}

async function take(parts: Receiver, parsed: ParsedReport, sender: Sender): Promise<void> {
  const { accept, counters, state, patience } = parts;
  counters.add('peer reports received');
  if (parsed.kind === 'bad') state.malformed(parsed.reason);
  else if (parsed.named === undefined) state.malformed('no origin or origin_id');
  else {
    const refused = await accept({ ...parsed.report, ...parsed.named }, sender);
    if (refused === FROM_THE_FUTURE && patience > 0) throw new Error(WRONG_CLOCK);
  }
}
