// A subscription to reports: those that are there already, then each new one, until the client ends it. All are read from the
// store in its order, whether old or new: none can be lost or sent twice, and a client that reads slowly costs no memory.
import { setTimeout as sleep } from 'node:timers/promises';
import type { News } from '../lib/news.ts';
import type { NumberedReport } from '../policy/report.ts';
import type { Caller } from './caller.ts';
import type { PeerList } from './peer-list.ts';
import { PAGE, type ReportSource } from './report-source.ts';
import { formatStored } from './report-text.ts';
import type { Stream } from './sync-verb.ts';

/** What is needed to send reports to a client. */
export interface ReportReading {
  readonly caller: Caller;
  readonly reports: ReportSource;
  readonly news: News;
  readonly peers: PeerList;
}

/**
 * Milliseconds from one look at what is new to the next: fifty readers that are sent each report by itself cost twice
 * as much as readers that are sent a few at once.
 */
const REST = 20;

/** The reports stored from that time on; `withOwn`: also those that the client has made itself and that are there now. */
export class Subscription implements Stream {
  readonly pieces: AsyncIterable<string>;
  readonly #parts: ReportReading;
  readonly #withOwn: boolean;
  /** The pieces end at once. */
  #ended = false;
  /** The pieces end with the last report that is there by now. */
  #finishing = false;
  /** Why the subscription ended, where something went wrong. */
  #cause: string | undefined;
  /** The client sent lines, other than the one that ends the subscription. */
  #disturbed = false;
  /** There was news since the store was read last. */
  #fresh = false;
  /** Lets the pieces go on that wait for news. */
  #wake: () => void = () => {};

  constructor(parts: ReportReading, from: number, withOwn: boolean) {
    this.#parts = parts;
    this.#withOwn = withOwn;
    this.pieces = this.#send(from);
  }

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
        // Only up to here: where more comes all the time, it would never end.
        if (this.#finishing) last = Math.min(last, await reports.reportIdBefore(Number.POSITIVE_INFINITY));
        const page = await reports.reportsAfter(place, PAGE);
        if (page.length === 0) {
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

/** The texts of reports: several readers are sent the same ones. */
const texts = new WeakMap<NumberedReport, string>();

function textOf(report: NumberedReport): string {
  const known = texts.get(report);
  if (known !== undefined) return known;
  const text = formatStored(report);
  texts.set(report, text);
  return text;
}
