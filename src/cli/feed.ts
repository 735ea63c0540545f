// ddgrey feed --dry-run FILE: what a log would report. Reads the file (`-`: standard input); needs no daemon, tells it nothing.
import { createInterface } from 'node:readline';
import { loadConfig } from '../config/load-config.ts';
import { createEximMainlog, type EximMainlog } from '../feeds/exim-mainlog.ts';
import { UsageError } from '../lib/usage-error.ts';
import type { Report } from '../policy/report.ts';
import type { Command } from './command.ts';
import { openInput } from './open-input.ts';
import { formatTime } from './render.ts';
import type { Screen } from './screen.ts';
import { trustedBy } from './trusted.ts';

export const feedCommand: Command = {
  name: 'feed',
  arguments: '--dry-run FILE',
  about: "what a log of Exim's would report, line by line (-: standard input)",
  least: 1,
  most: 1,
  flags: ['dry-run'],
  tellsMistakes: true,
  run: async ({ location, words: [file = ''], flags, json, screen }) => {
    if (!flags.has('dry-run')) throw new UsageError('the daemon reads the log by itself; this only shows: --dry-run');
    const { config } = loadConfig(location.configFile);
    const mainlog = createEximMainlog({ unknown: config.exim4_unknown, isTrusted: await trustedBy(config) });
    return { text: reportLines(file, mainlog, json, screen), exitCode: 0 };
  },
};

const PROGRESS_EVERY = 100_000;

/** A line for each report; JSON, or text with a summary. */
async function* reportLines(file: string, mainlog: EximMainlog, json: boolean, screen: Screen): AsyncGenerator<string> {
  const { input } = await openInput(file);
  const counts = new Map<string, number>();
  let lines = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    lines += 1;
    if (lines % PROGRESS_EVERY === 0) screen.progress(`${lines} lines`);
    for (const report of mainlog.reports(line)) {
      counts.set(report.event, (counts.get(report.event) ?? 0) + 1);
      yield json ? `${JSON.stringify(report)}\n` : describe(report);
    }
  }
  if (!json) yield summary(lines, mainlog.undated(), counts);
}

function describe({ time, event, ip, sender, recipient, mtaId }: Report): string {
  const words = [sender ?? '-', '->', recipient ?? '-', ...(mtaId === undefined ? [] : [mtaId])];
  return `${formatTime(time)} ${event.padEnd(20)} ${ip.padEnd(15)} ${words.join(' ')}\n`;
}

function summary(lines: number, undated: number, counts: ReadonlyMap<string, number>): string {
  const events = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([event, count]) => `${count} ${event}`);
  const odd = undated === 0 ? '' : `; ${undated} without a date`;
  return `${lines} lines${odd}: ${events.join(', ') || 'nothing to report'}\n`;
}
