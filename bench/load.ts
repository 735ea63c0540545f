// The load: clients that each ask, wait for the answer, and ask again. In C where there is a compiler, so that the server
// is what is slow; else in Node.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { compiled } from './compile.ts';
import { runNodeLoad } from './node-load.ts';

/** How a protocol asks about a tuple (`IP FROM TO`), how a good answer begins, and how one ends. */
export interface Form {
  readonly question: (tuple: string) => string;
  readonly answer: string;
  readonly end: string;
}

/** The greylist socket over a connection that stays, and Exim's way, with one for each question. */
export const GREYLIST: Form = { question: (tuple) => `check ${tuple}\r\n`, answer: '200 ', end: '\r\n' };
export const ONE_SHOT: Form = { question: (tuple) => `check_quit ${tuple}`, answer: '200 ', end: '' };

/** Postfix's policy delegation, with the attributes that greylisters look at. */
export const POLICY: Form = {
  question: (tuple) => {
    const [client, sender, recipient] = tuple.split(' ');
    const who = `client_address=${client}\nclient_name=unknown\nhelo_name=mail.example.net`;
    return `request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\n${who}\nsender=${sender}\nrecipient=${recipient}\n\n`;
  },
  answer: 'action=',
  end: '\n\n',
};

export interface LoadOptions {
  /** The path of a unix socket, or a port of 127.0.0.1. */
  readonly address: string | number;
  readonly connections: number;
  /** 0: each of `questions` is asked once. */
  readonly seconds: number;
  /** Questions a second, evenly; without it as fast as the answers come. */
  readonly rate?: number;
  /** An empty `end`: a connection for each question, its writing side shut down behind it, read to its end. */
  readonly form: Form;
  /** The next tuple to be asked about. */
  readonly next: () => string;
  /** How many tuples to ask about at most; needed when `seconds` is 0. */
  readonly questions?: number;
}

/** Latencies in milliseconds. */
export interface Measured {
  readonly count: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** More than any server here answers in a second. */
const MOST_A_SECOND = 100_000;

/** Runs the load. Throws if an answer is none. */
export async function runLoad(options: LoadOptions): Promise<Measured> {
  const program = compiled('load');
  if (program === undefined) return runNodeLoad(options);
  const { address, connections, seconds, rate = 0, form } = options;
  const way = form.end === '' ? 'single' : 'persistent';
  const words = [address, connections, seconds, rate, way, form.end, form.answer].map(String);
  const load = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  load.stdin.end(questions(options));
  const printed = JSON.parse(await text(load.stdout)) as Printed;
  const [p50, p99, p999] = [printed.p50 / 1000, printed.p99 / 1000, printed.p999 / 1000];
  return { count: printed.answers, perSecond: printed.answers / printed.seconds, p50, p99, p999 };
}

/** What load.c prints; latencies in microseconds. */
interface Printed {
  readonly answers: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

function questions({ seconds, rate, form, next, questions: given }: LoadOptions): string {
  const count = given ?? Math.ceil(seconds * Math.min(MOST_A_SECOND, rate ?? MOST_A_SECOND)) + 1000;
  return Array.from({ length: count }, () => `${form.question(next())}\0`).join('');
}
