// Client mode: another server is asked about what is new here, and told what became valid. Checks and answers are those
// of the greyd protocol (docs/protocols/greyd.md); the server may be ours or ze-filter's.
import type { CentralAnswer, CentralServer } from '../engine/central-server.ts';
import type { Counters } from '../lib/counters.ts';
import type { Log } from '../lib/log.ts';
import type { SocketAddress } from '../lib/socket-address.ts';
import type { Check, Seconds } from '../policy/check.ts';
import type { Question } from './greyd-connection.ts';
import { GreydPool } from './greyd-pool.ts';

export interface GreydClientOptions {
  readonly address: SocketAddress;
  readonly connectTimeout: Seconds;
  /** How long the answer to a question may take. */
  readonly answerTimeout?: Seconds;
  readonly log: Log;
  readonly counters: Counters;
  /** For tests: the chance in the back-off, in [0, 1), and its first wait in seconds. */
  readonly random?: () => number;
  readonly firstWait?: Seconds;
}

export type GreydClient = CentralServer & AsyncDisposable;

/** Checks that wait to be told; beyond them the oldest are dropped. */
const MOST_TOLD = 1000;
/** Octets of a command; ze-filter's server cuts longer ones in two (at 1023). */
const LONGEST_COMMAND = 1000;
const ANSWER_TIMEOUT: Seconds = 3;

const VERDICTS: ReadonlyMap<string, CentralAnswer> = new Map([
  ['200', 'ok'],
  ['500', 'reject'],
]);

/** The client. It connects when there is something to ask. */
export function createGreydClient(options: GreydClientOptions): GreydClient {
  const { log, counters, connectTimeout, answerTimeout = ANSWER_TIMEOUT, firstWait } = options;
  const timeouts = { connectTimeout: connectTimeout * 1000, answerTimeout: answerTimeout * 1000 };
  const untold: string[] = [];
  let beingTold = 0;
  const keep = (text: string, place: 'push' | 'unshift'): void => {
    untold[place](text);
    if (untold.length <= MOST_TOLD) return;
    untold.shift();
    counters.add('greyd client dropped');
  };
  const less = (): Question | undefined => {
    const text = untold.shift();
    if (text === undefined) return undefined;
    beingTold += 1;
    const told = (): void => void (beingTold -= 1);
    const lost = (): void => {
      beingTold -= 1;
      keep(text, 'unshift');
    };
    return question(text, told, lost);
  };
  const pool = new GreydPool({
    ...timeouts,
    address: options.address,
    less,
    log,
    counters,
    random: options.random,
    firstWait: firstWait === undefined ? undefined : firstWait * 1000,
  });
  const longest = timeouts.connectTimeout + timeouts.answerTimeout;

  return {
    ask: async (check) => {
      const answer = await askPool(pool, formatQuestion('GREYCHECK', check), longest);
      counters.add(`greyd client ${answer}`);
      return answer;
    },
    tell: (check) => {
      const text = formatQuestion('GREYVALID', check);
      if (text === undefined) return;
      keep(text, 'push');
      pool.send();
    },
    [Symbol.asyncDispose]: async () => {
      const entries = untold.length + beingTold;
      if (entries > 0) log.event(0, 'greyd server was not told', { entries });
      pool.close();
    },
  };
}

function askPool(pool: GreydPool, text: string | undefined, longest: number): Promise<CentralAnswer> {
  if (text === undefined) return Promise.resolve('unreachable');
  const { promise, resolve } = Promise.withResolvers<CentralAnswer>();
  const timer = setTimeout(resolve, longest, 'unreachable');
  const end = (answer: CentralAnswer): void => {
    clearTimeout(timer);
    resolve(answer);
  };
  if (!pool.ask(question(text, end, () => end('unreachable')))) end('unreachable');
  return promise;
}

function question(text: string, heard: (answer: CentralAnswer) => void, lost: () => void): Question {
  const command = text.slice(0, text.indexOf(' '));
  return {
    text,
    hear: (line) => {
      const answer = parseAnswer(command, line);
      if (answer !== undefined) heard(answer);
      return answer !== undefined;
    },
    lost,
  };
}

/** What a line of the server answers to a command, or undefined if it is no answer to it. Never throws. */
export function parseAnswer(command: string, line: string): CentralAnswer | undefined {
  const code = new RegExp(`\\b(\\d{3}) ${command} ANSWER`, 'i').exec(line)?.[1];
  if (code !== undefined) return VERDICTS.get(code) ?? 'wait';
  // A command that the server did not understand.
  return line.startsWith('600 ') ? 'wait' : undefined;
}

/** The command with the envelope as MTAs write it; undefined if it is too long for a server. */
export function formatQuestion(command: 'GREYCHECK' | 'GREYVALID', check: Check): string | undefined {
  const { client, clientName, sender, recipient } = check;
  const words = [client.text, `<${sender.text}>`, `<${recipient.text}>`, clientName ?? `[${client.text}]`];
  // oxlint-disable-next-line no-control-regex -- ze-filter's server would take what stands behind for another word
  const text = `${command} ${words.map((word) => word.replace(/[\s,\0-\x1f\x7f]/g, '_')).join(' ')}\r\n`;
  return Buffer.byteLength(text) > LONGEST_COMMAND ? undefined : text;
}
