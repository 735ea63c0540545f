// The load: clients that each ask, wait for the answer, and ask again, for a fixed time.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Latencies } from './latencies.ts';

export interface LoadOptions {
  readonly path: string;
  readonly connections: number;
  /** Exim's way: a connection for each request, its writing side shut down behind the line, read to its end. */
  readonly onePerRequest: boolean;
  readonly seconds: number;
  readonly next: () => string;
  /** The greylist socket's if not given; `onePerRequest` is that one's too. */
  readonly form?: Form;
}

/** How a protocol of lines asks about a tuple, and how a good answer begins. */
export interface Form {
  readonly question: (tuple: string) => string;
  readonly answer: string;
}

const GREYLIST: Form = { question: (tuple) => `check ${tuple}\r\n`, answer: '200 ' };

/** Postfix's policy delegation, with the attributes that ddgrey looks at. */
export const POLICY: Form = {
  question: (tuple) => {
    const [client, sender, recipient] = tuple.split(' ');
    const who = `client_address=${client}\nclient_name=unknown\nhelo_name=mail.example.net`;
    return `request=smtpd_access_policy\nprotocol_state=RCPT\n${who}\nsender=${sender}\nrecipient=${recipient}\n\n`;
  },
  answer: 'action=',
};

export interface Measured {
  readonly perSecond: number;
  readonly latencies: Latencies;
}

/** Runs the load. Throws if an answer is none. */
export async function runLoad(options: LoadOptions): Promise<Measured> {
  const latencies = new Latencies();
  const started = performance.now();
  const end = started + options.seconds * 1000;
  const client = options.onePerRequest ? askByConnection : askOnConnection;
  await Promise.all(Array.from({ length: options.connections }, () => client(options, end, latencies)));
  return { perSecond: (latencies.count / (performance.now() - started)) * 1000, latencies };
}

async function askOnConnection(
  { path, next, form = GREYLIST }: LoadOptions,
  end: number,
  latencies: Latencies,
): Promise<void> {
  const socket = await open(path);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let asked = 0;
  const ask = (): void => {
    asked = performance.now();
    socket.write(form.question(next()));
  };
  socket.on('data', (answer: Buffer) => {
    if (!answer.toString('latin1').startsWith(form.answer)) reject(new Error(`answered ${answer.toString()}`));
    const now = performance.now();
    latencies.add(now - asked);
    if (now < end) ask();
    else resolve();
  });
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('connection closed')));
  ask();
  await promise;
  socket.destroy();
}

async function askByConnection({ path, next }: LoadOptions, end: number, latencies: Latencies): Promise<void> {
  for (;;) {
    const asked = performance.now();
    if (asked >= end) return;
    const socket = connect(path);
    socket.end(`check_quit ${next()}`);
    let answer = '';
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
    });
    await once(socket, 'close');
    if (!answer.startsWith('200 ')) throw new Error(`answered ${answer}`);
    latencies.add(performance.now() - asked);
  }
}

async function open(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, 'connect');
  return socket;
}
