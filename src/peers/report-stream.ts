// The client's side of a subscription: lines become reports. A report ends with an empty line; one that is cut off by
// the end of the connection is none.
import { type ParsedReport, parseReport } from './report-text.ts';

/** Lines that one report may have; it has a dozen. */
const MOST_LINES = 100;

export class ReportStream {
  #lines: string[] = [];

  /** The reports that these lines complete. Throws if a report has no end. */
  read(lines: readonly string[]): readonly ParsedReport[] {
    const complete: ParsedReport[] = [];
    for (const line of lines) {
      if (line !== '') this.#lines.push(line);
      else if (this.#lines.length > 0) {
        complete.push(parseReport(this.#lines));
        this.#lines = [];
      }
      if (this.#lines.length > MOST_LINES) throw new Error('a report of too many lines');
    }
    return complete;
  }
}
