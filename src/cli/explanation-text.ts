// An explanation in words: a paragraph for each thing that is known, in the order in which it is looked at.
import type { Explanation } from '../policy/explanation.ts';
import { COUNT_LIMIT, DNS_REASONS } from '../policy/points.ts';
import { inWords } from '../policy/reply.ts';
import type { StoredReport } from '../policy/report.ts';
import { describeReasons, hiddenUntil } from '../policy/standing.ts';
import { correspondents } from './correspondents.ts';
import { describeEntry } from './entry-text.ts';
import { formatTime } from './render.ts';
import { coloured, type Screen } from './screen.ts';
import { describeVerdict } from './verdict-text.ts';
import { whatWouldChange } from './what-would-change.ts';

export interface ExplainedCheck {
  readonly asked: { readonly ip: string; readonly sender: string; readonly recipient: string };
  readonly explained: Explanation;
}

/** Bad reports that are shown, and as many good ones; all are counted. */
const MOST_REPORTS = 20;

/** The whole text. */
export function formatExplanation({ asked, explained: given }: ExplainedCheck, screen: Screen): string {
  const explained = namelessApart(given);
  const { verdict } = explained;
  const what = `${asked.ip}, <${asked.sender}> to <${asked.recipient}>`;
  const because = verdict.because === undefined ? '' : ` (${verdict.because})`;
  const paragraphs: readonly (readonly [name: string, lines: readonly string[]])[] = [
    ['policy', explained.policy.map(({ line, stage, key, value }) => `line ${line}, ${stage}: ${key} ${value}`)],
    ['client', clientLines(explained)],
    ['by hand', manualLines(explained)],
    ['dns', lookupLines(explained)],
    ['standing', standingLines(explained)],
    ['reports', reportLines(explained.reports, asked.ip)],
    ['pass', passLines(explained)],
    ['tuple', tupleLines(explained)],
    ['delay', delayLines(explained)],
    ['change', whatWouldChange(explained)],
  ];
  const answer = `${what}\n${coloured(verdict.kind, verdict.kind, screen)}: ${describeVerdict(verdict, because)}\n`;
  return answer + paragraphs.map(([name, lines]) => paragraph(name, lines)).join('');
}

function paragraph(name: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `\n${lines.map((line, at) => `${(at === 0 ? name : '').padEnd(10)}${line}\n`).join('')}`;
}

function clientLines({ client }: Explanation): readonly string[] {
  const domain = client.domain === undefined ? 'no verified domain' : `belongs to ${client.domain}`;
  const names = client.standing?.names ?? [];
  return [
    domain,
    ...(names.length === 0 ? [] : [`verified name: ${names.join(', ')}`]),
    // It may have no name at all.
    ...(client.misfit ? ["no name of it fits the sender's domain"] : []),
  ];
}

function lookupLines({ lookups }: Explanation): readonly string[] {
  return lookups.map(({ about, answer, records, note, age }) => {
    const what = answer === 'found' ? records.join(', ') : answer;
    return `${about}: ${what}${note === undefined ? '' : `, ${note}`}${age === undefined ? '' : ` (asked ${inWords(age)} ago)`}`;
  });
}

function manualLines({ client: { manual } }: Explanation): readonly string[] {
  return manual === undefined ? [] : [describeEntry(manual)];
}

function standingLines({ client: { standing }, now }: Explanation): readonly string[] {
  if (standing === undefined) return ['none: reputation is switched off'];
  const { score, reasons, computed, expires } = standing;
  const lines = reasons.map(({ points, reason }) => `${signed(points).padStart(5)}  ${reason}`);
  const until = hiddenUntil(standing, now);
  const hidden = until === undefined ? [] : [`answered as grey until ${formatTime(until)}`];
  const age = `from what DNS and the reports said ${inWords(Math.max(0, now - computed))} ago`;
  return [`${standing.class}, score ${score}, ${age}; kept until ${formatTime(expires)}`, ...lines, ...hidden];
}

/** The explanation, with another reason for an address without a name: it counts like one with the name of an access line. */
function namelessApart(explained: Explanation): Explanation {
  const { lookups, verdict, client } = explained;
  const { standing } = client;
  const isNameless = lookups.some(({ about, answer }) => about === 'names' && answer === 'absent');
  if (!isNameless || standing === undefined) return explained;
  const told = {
    ...standing,
    reasons: standing.reasons.map((award) =>
      award.reason === DNS_REASONS.dynamic ? { ...award, reason: 'no name in DNS' } : award,
    ),
  };
  // The verdict may rest on something else, such as an entry by hand, which has the words of whoever made it.
  const restsOnIt = verdict.because === describeReasons(standing);
  return {
    ...explained,
    client: { ...client, standing: told },
    verdict: restsOnIt ? { ...verdict, because: describeReasons(told) } : verdict,
  };
}

function signed(points: number): string {
  return points > 0 ? `+${points}` : String(points);
}

function reportLines(reports: readonly StoredReport[], asked: string): readonly string[] {
  if (reports.length === 0) return ['none that counts'];
  const events = Map.groupBy(reports, ({ event }) => event);
  const most = COUNT_LIMIT.goodForUnknown;
  const counts = [...events].map(([event, { length }]) => `${length}${length >= most ? ' or more' : ''} ${event}`);
  const shown = [false, true].flatMap((good) => {
    const some = reports.filter(({ event }) => (event === 'ok') === good);
    const lines = some.slice(0, MOST_REPORTS).map((report) => reportLine(report, asked));
    return some.length > MOST_REPORTS ? [...lines, '  ...'] : lines;
  });
  return [counts.toSorted().join(', '), ...shown];
}

/** Good reports may be of another address of the same domain. */
function reportLine(report: StoredReport, asked: string): string {
  const { time, event, reporter, ip } = report;
  const from = ip === asked ? '' : `, of ${ip}`;
  return [`  ${formatTime(time)} ${event} (${reporter}${from})`, ...correspondents(report)].join(' ');
}

function passLines({ recalled: { pass } }: Explanation): readonly string[] {
  if (pass === undefined) return [];
  return [
    `${pass.client}, ${pass.domain}: since ${formatTime(pass.firstSeen)}, last used ${formatTime(pass.lastSeen)}`,
  ];
}

function tupleLines({ recalled: { entry, tuple, pendingOfClient } }: Explanation): readonly string[] {
  const parts = [tuple.client, tuple.sender, tuple.recipient].map((part) => (part === '' ? '*' : part)).join(', ');
  const state =
    entry === undefined
      ? 'not seen yet'
      : `${entry.state} since ${formatTime(entry.firstSeen)}, last used ${formatTime(entry.lastSeen)}`;
  return [`${parts}: ${state}`, `pending of this client: ${pendingOfClient}`];
}

function delayLines({ verdict, recalled: { entry }, window: { delay, retry }, now }: Explanation): readonly string[] {
  // With any other reason nothing passes by waiting.
  if (verdict.reason !== 'first' && verdict.reason !== 'early' && verdict.reason !== 'retried') return [];
  // An entry past its window begins again.
  const { firstSeen, lastSeen } = (verdict.reason === 'first' ? undefined : entry) ?? { firstSeen: now, lastSeen: now };
  const rule = `a retry counts after ${inWords(delay)}, for ${inWords(retry)} from the first attempt`;
  return [rule, `here from ${formatTime(firstSeen + delay)} to ${formatTime(lastSeen + retry)}`];
}
