import { expect, test } from 'vitest';
import type { StoredReport } from '../policy/report.ts';
import { reportRows } from './report-rows.ts';
import { NO_SCREEN } from './screen.ts';

type Piece = readonly (readonly [time: number, domain: string])[];

/** The domains of each piece that is printed, and what was read until then; the headings stand before the first. */
async function printed(...pieces: readonly Piece[]): Promise<readonly string[]> {
  let read = 0;
  async function* reports(): AsyncGenerator<readonly StoredReport[]> {
    for (const piece of pieces) {
      read += 1;
      yield piece.map(([time, domain]) => ({ ...REPORT, time, domain }));
    }
  }
  const found: string[] = [];
  for await (const text of reportRows(reports(), NO_SCREEN)) {
    const domains = text.split('\n').flatMap((row) => /^[-\d: ]{17} ([a-z]+)/.exec(row)?.[1] ?? []);
    found.push(`${text.startsWith('time ') ? 'headings ' : ''}${domains.join(' ')} of ${read}`);
  }
  return found;
}

const REPORT = { reporter: 'traps', ip: '192.0.2.1', event: 'spam', origin: 'mx1', originId: 1, stored: 9 };

test.for<[what: string, pieces: readonly Piece[], printed: readonly string[]]>([
  ['nothing', [], ['headings  of 0']],
  ['nothing in a piece', [[]], ['headings  of 1']],
  [
    'rows are printed before all are there',
    [
      [
        [1, 'a'],
        [2, 'b'],
      ],
      [[3, 'c']],
      [[4, 'd']],
    ],
    ['headings a of 1', 'b of 2', 'c of 3', 'd of 3'],
  ],
  [
    'one second, by domain',
    [
      [
        [1, 'c'],
        [1, 'a'],
        [1, 'b'],
      ],
    ],
    ['headings a b c of 1'],
  ],
  [
    'one second in several pieces',
    [
      [
        [1, 'z'],
        [2, 'c'],
      ],
      [[2, 'b']],
      [
        [2, 'a'],
        [3, 'x'],
      ],
    ],
    ['headings z of 1', 'a b c of 3', 'x of 3'],
  ],
])('%s', async ([, pieces, expected]) => {
  expect(await printed(...pieces)).toEqual(expected);
});

test.for<[who: Pick<StoredReport, 'sender' | 'recipient'>, below: readonly string[]]>([
  [{}, []],
  [{ sender: 'a@b' }, ['a@b -> ']],
  [{ recipient: 'c@d' }, [' -> c@d']],
  [{ sender: '', recipient: 'c@d' }, [' -> c@d']],
])('below a report of %j stands %j', async ([who, below]) => {
  async function* reports(): AsyncGenerator<readonly StoredReport[]> {
    yield [{ ...REPORT, time: 1, ...who }];
  }
  const text = (await Array.fromAsync(reportRows(reports(), NO_SCREEN))).join('');
  expect(text.split('\n').slice(3)).toEqual([...below, '']);
});
