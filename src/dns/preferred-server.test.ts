import { expect, test } from 'vitest';
import { manualClock } from '../lib/clock.ts';
import { PreferredServer } from './preferred-server.ts';

const SERVERS = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => ({ address, port: 53 }));
const NAMES = ['a', 'b', 'c'];

/** A question: how many seconds after the one before, the order in which the servers are asked, and which one answers. */
type Asked = readonly [seconds: number, order: string, answers: string];

test.for<[what: string, ...questions: Asked[]]>([
  ['while none answers, the first one', [0, 'abc', ''], [1, 'abc', '']],
  ['the first one, as long as it answers', [0, 'abc', 'a'], [90, 'abc', 'a'], [1, 'abc', 'a']],
  ['the one that answered where the first did not; then those behind it', [0, 'abc', 'b'], [1, 'bca', '']],
  ['the one that is alive, where another knew more once', [0, 'abc', 'a'], [9, 'abc', 'b'], [0, 'abc', '']],
  ['another, where that one has not answered for long', [0, 'abc', 'a'], [10, 'abc', 'b'], [0, 'bca', '']],
  ['that one still, where it has answered since', [0, 'abc', 'b'], [9, 'bca', 'b'], [9, 'bca', 'c'], [0, 'bca', '']],
  ['after a minute the first one, by one question', [0, 'abc', 'b'], [59, 'bca', 'b'], [1, 'abc', 'b'], [0, 'bca', '']],
  ['the first one again, once it answers that', [0, 'abc', 'b'], [55, 'bca', 'b'], [5, 'abc', 'a'], [0, 'abc', '']],
  [
    'the other still, if it answers that',
    [0, 'abc', 'b'],
    [55, 'bca', 'b'],
    [5, 'abc', 'b'],
    [6, 'bca', 'c'],
    [0, 'bca', ''],
  ],
])('asked is %s', ([, ...questions]) => {
  const clock = manualClock();
  const preferred = new PreferredServer(clock);
  for (const [seconds, order, answers] of questions) {
    clock.advance(seconds);
    const servers = preferred.order(SERVERS);
    expect(servers.map((server) => NAMES[SERVERS.indexOf(server)]).join('')).toBe(order);
    const answering = SERVERS[NAMES.indexOf(answers)];
    if (answering !== undefined) preferred.answered(answering, servers[0]);
  }
});
