// What the original ddgrey was recorded to answer over time: src/engine/recorded-greylisting.cases.ts.
import { expect, test } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import { addressOf, type Bench, checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import { cachingResolver } from '../dns/caching-resolver.ts';
import { seconds } from '../lib/clock.ts';
import { describeReasons } from '../policy/standing.ts';
import { DIFFERENCES, RECORDED, type RecordedCase, SAME } from './recorded-greylisting.cases.ts';

/** What its defaults were and ours are not; it told tuples apart by the whole sender. */
const DEFAULTS = `
  grey_min 120
  GREY_FROM_COMPONENT FULL
`;
const DNS = {
  ptr: {
    '203.0.113.10': ['mail.example.com'],
    '203.0.113.11': ['mx2.example.com'],
    '203.0.113.12': ['mx.example.net'],
  },
  a: {
    'mail.example.com': ['203.0.113.10'],
    'mx2.example.com': ['203.0.113.11'],
    'mx.example.net': ['203.0.113.12'],
  },
};

test.for(Object.entries(SAME))('%s: as the original did', async ([, recorded]) => {
  expect(await replay(recorded)).toEqual(linesOf(recorded.steps));
});

test.for(Object.entries(DIFFERENCES))('%s: otherwise, for a reason', async ([, recorded]) => {
  expect(recorded.why).toMatch(/./);
  expect(await replay(recorded)).toEqual(linesOf(recorded.steps));
});

test('everything that was recorded is here, once', () => {
  expect([...Object.keys(SAME), ...Object.keys(DIFFERENCES)].toSorted()).toEqual(RECORDED.trim().split(/\s+/));
});

function linesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => line.trim() || []);
}

/** The steps with the results that they have now. */
async function replay({ config = '', listed = {}, steps }: RecordedCase): Promise<readonly string[]> {
  const bench = await engineBench({
    config: DEFAULTS + config.replaceAll(', ', '\n'),
    dns: { ...DNS, a: { ...DNS.a, ...listed } },
    resolver: (resolver, clock) => cachingResolver({ resolver, clock, maxEntries: 100 }),
  });
  const results: string[] = [];
  for (const line of linesOf(steps)) {
    const [command = ''] = line.split(': ', 1);
    const [at, verb = '', ...words] = command.split(' ');
    bench.clock.advance(T0 + Number(at) - seconds(bench.clock));
    const result = await resultOf(bench, verb, words);
    await bench.reported();
    results.push(result === undefined ? line : `${command}: ${result}`);
  }
  return results;
}

/** Takes a step; returns what came of it, if that is to be compared. */
async function resultOf(bench: Bench, verb: string, words: readonly string[]): Promise<string | undefined> {
  const [first = '', second = '', third = ''] = words;
  switch (verb) {
    case 'ask':
      return (await bench.answerCheck(checkOf(`203.0.113.${first}`, second, third))).kind;
    case 'standing':
      return standingText(bench);
    case 'reports':
      return eventsOf(bench);
    case 'report':
      await report(bench, first, second);
      return undefined;
    case 'unlisted':
      bench.dns.change(DNS);
      return undefined;
    case 'config':
      bench.configure(`${DEFAULTS}\n${words.join(' ')}`);
      return undefined;
    default:
      throw new Error(`no such step: ${verb}`);
  }
}

/** What an Exim of this server saw of 203.0.113.10, at a time after the start if that was not now. */
function report({ acceptReport, clock }: Bench, event: string, at: string): Promise<void> {
  const time = at === '' ? seconds(clock) : T0 + Number(at);
  const addresses = { sender: 's@sender.example', recipient: 'r@example.org' };
  return acceptReport({ reporter: 'exim4', time, ip: '203.0.113.10', event, ...addresses });
}

/** The standing of 203.0.113.10: class, score, reasons, when it was computed and when it ends. */
async function standingText({ standings }: Bench): Promise<string> {
  const standing = await standings.known(addressOf('203.0.113.10'));
  if (standing === undefined) return '-';
  const { class: kind, score, computed, expires } = standing;
  return `${kind} ${score} (${describeReasons(standing)}) ${computed - T0}-${expires - T0}`;
}

async function eventsOf({ store }: Bench): Promise<string> {
  const reports = await wholeList(store.reports(undefined));
  return (
    reports
      .map(({ event }) => event)
      .toReversed()
      .join(' ') || '-'
  );
}
