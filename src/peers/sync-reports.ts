// The verbs that hand out reports:
//   list [T]            300; a line `id TAB origin TAB origin_id TAB stored` for each report stored at T or later; a dot
//   get N               300; the report with the local id N as text, an empty line (and, as ever, no dot); 500 if none
//   subscribe [T [all]] 302; the reports stored at T or later, then each new one, until the client sends a single dot
//                       (or nothing more); what is stored by then is still sent;
//                       without T only the new ones; reports that the client has made itself only with `all`, and only
//                       those that are there already: it may have lost them, but never lacks what it makes from now on
// The reports of a subscription are read from the store in its order, whether old or new: none can be lost or sent twice,
// and one that reads slowly costs no memory.
import { setTimeout as sleep } from 'node:timers/promises';
import type { News } from '../lib/news.ts';
import type { StoredReport } from '../policy/report.ts';
import type { Caller } from './caller.ts';
import type { PeerList } from './peer-list.ts';
import { formatStored } from './report-text.ts';
import { END, FOLLOWING } from './sync-protocol.ts';
import type { Stream, Verb, Verbs } from './sync-verb.ts';

/** What is needed of the memory; as store.ts has it. */
export interface ReportSource {
  reportsAfter(id: number, limit: number): Promise<readonly (StoredReport & { readonly id: number })[]>;
  reportIdBefore(stored: number): Promise<number>;
}

export interface ReportReading {
  readonly caller: Caller;
  readonly reports: ReportSource;
  readonly news: News;
  readonly peers: PeerList;
}

/** Reports that are read at once: about a millisecond of work. */
const PAGE = 200;
/** Milliseconds from what is new to what is new since: fifty readers that are told of each report by itself cost twice as much. */
const REST = 20;

const list: Verb<ReportReading> = (parts, [since]) => {
  needReader(parts);
  return listed(parts.reports, numberOf(since ?? '0'));
};

async function* listed(reports: ReportSource, since: number): AsyncGenerator<string> {
  yield FOLLOWING;
  for await (const page of pagesAfter(reports, await reports.reportIdBefore(since))) {
    const lines = page.filter(({ stored }) => stored >= since);
    yield lines.map((it) => `${it.id}\t${it.origin}\t${it.originId}\t${it.stored}\r\n`).join('');
  }
  yield END;
}

async function* pagesAfter(
  reports: ReportSource,
  id: number,
): AsyncGenerator<Awaited<ReturnType<ReportSource['reportsAfter']>>> {
  for (let last: number | undefined = id; last !== undefined; ) {
    const page = await reports.reportsAfter(last, PAGE);
    if (page.length > 0) yield page;
    last = page.at(-1)?.id;
  }
}

const get: Verb<ReportReading> = async (parts, [number]) => {
  needReader(parts);
  if (number === undefined) throw new Error('argument missing');
  const id = numberOf(number);
  const [report] = await parts.reports.reportsAfter(id - 1, 1);
  if (report?.id !== id) throw new Error('report not found');
  return `${FOLLOWING}${formatStored(report)}`;
};

const subscribe: Verb<ReportReading> = (parts, [since, all]) => {
  needReader(parts);
  const from = since === undefined ? Number.POSITIVE_INFINITY : numberOf(since);
  return new Subscription(parts, from, all === 'all');
};

export const REPORT_COMMANDS: Verbs<ReportReading> = new Map<string, Verb<ReportReading>>([
  ['list', list],
  ['get', get],
  ['subscribe', subscribe],
]);

class Subscription implements Stream {
  readonly pieces: AsyncIterable<string>;
  readonly #parts: ReportReading;
  readonly #withOwn: boolean;
  #ended = false;
  #finishing = false;
  #cause: string | undefined;
  #disturbed = false;
  #fresh = false;
  #wake: () => void = () => {};

  constructor(parts: ReportReading, from: number, withOwn: boolean) {
    this.#parts = parts;
    this.#withOwn = withOwn;
    this.pieces = this.#send(from);
  }

  /** A line of the client; whether the subscription ends with it. */
  line(line: string): boolean {
    if (line !== '.') this.#disturbed = true;
    return line === '.';
  }

  finish(): void {
    this.#finishing = true;
    this.#wake();
  }

  end(cause?: string): void {
    this.#ended = true;
    this.#cause ??= cause;
    this.#wake();
  }

  get farewell(): string {
    return this.#disturbed ? '500 no text accepted during subscribe\r\n' : '200 subscription finished\r\n';
  }

  async *#send(from: number): AsyncGenerator<string> {
    const { caller, reports, news, peers } = this.#parts;
    let place = await reports.reportIdBefore(from);
    const ownUpTo = this.#withOwn ? await reports.reportIdBefore(Number.POSITIVE_INFINITY) : 0;
    const reader = peers.addReader(caller, () => place);
    const silence = news.listen(() => this.#notice());
    try {
      yield '302 document following (interrupt with single dot)\r\n';
      let last = Number.POSITIVE_INFINITY;
      while (!this.#isOver() && place < last) {
        this.#fresh = false;
        // Where more comes all the time, it would never end.
        if (this.#finishing) last = Math.min(last, await reports.reportIdBefore(Number.POSITIVE_INFINITY));
        const page = await reports.reportsAfter(place, PAGE);
        if (page.length === 0) {
          if (this.#finishing) break;
          await this.#untilNews();
        } else {
          const wanted = page.filter(({ origin, id }) => origin !== caller.name || id <= ownUpTo);
          if (wanted.length > 0) yield wanted.map(textOf).join('');
          reader.sent(wanted.length);
          place = page.at(-1)?.id ?? place;
          if (page.length < PAGE && !this.#finishing) await sleep(REST);
        }
      }
    } finally {
      silence();
      reader.gone(this.#cause);
    }
  }

  /** Rights may be taken away while it goes on; the connection ends then. */
  #isOver(): boolean {
    this.#cause ??= this.#parts.caller.denied();
    return this.#ended || this.#cause !== undefined;
  }

  #notice(): void {
    this.#fresh = true;
    this.#wake();
  }

  async #untilNews(): Promise<void> {
    if (this.#fresh || this.#ended || this.#finishing) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
  }
}

/** Of reports that several readers are sent. */
const texts = new WeakMap<StoredReport, string>();

function textOf(report: StoredReport & { readonly id: number }): string {
  const known = texts.get(report);
  if (known !== undefined) return known;
  const text = formatStored(report);
  texts.set(report, text);
  return text;
}

function needReader({ caller }: ReportReading): void {
  if (!caller.mayRead) throw new Error('permission denied');
}

function numberOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error('bad argument');
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
}
