// The load in Node, for machines without a compiler: the client is then as slow as the server.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Latencies } from './latencies.ts';
import type { LoadOptions, Measured } from './load.ts';

/** As runLoad, without a rate. Throws if an answer is none. */
export async function runNodeLoad(options: LoadOptions): Promise<Measured> {
  if (options.rate !== undefined) throw new Error('an even rate needs a C compiler (cc)');
  const latencies = new Latencies();
  const started = performance.now();
  const end = options.seconds === 0 ? Number.POSITIVE_INFINITY : started + options.seconds * 1000;
  const left = { questions: options.questions ?? Number.POSITIVE_INFINITY };
  const client = options.form.end === '' ? askByConnection : askOnConnection;
  const load = { ...options, end, latencies, left };
  await Promise.all(Array.from({ length: options.connections }, () => client(load)));
  const [p50 = 0, p99 = 0, p999 = 0] = [0.5, 0.99, 0.999].map((share) => latencies.percentile(share));
  const perSecond = (latencies.count / (performance.now() - started)) * 1000;
  return { count: latencies.count, perSecond, p50, p99, p999 };
}

interface Running extends LoadOptions {
  readonly end: number;
  readonly latencies: Latencies;
  /** Questions that are still to be asked, by any client. */
  readonly left: { questions: number };
}

function isOver({ end, left }: Running): boolean {
  if (left.questions <= 0 || performance.now() >= end) return true;
  left.questions -= 1;
  return false;
}

async function askOnConnection(running: Running): Promise<void> {
  const { address, next, form, latencies } = running;
  if (isOver(running)) return;
  const socket = await open(address);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let asked = 0;
  let answer = '';
  const ask = (): void => {
    asked = performance.now();
    answer = '';
    socket.write(form.question(next()));
  };
  socket.on('data', (bytes: Buffer) => {
    answer += bytes.toString('latin1');
    if (!answer.endsWith(form.end)) return;
    if (!answer.startsWith(form.answer)) reject(new Error(`answered ${answer}`));
    latencies.add(performance.now() - asked);
    if (isOver(running)) resolve();
    else ask();
  });
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('connection closed')));
  ask();
  await promise;
  socket.destroy();
}

async function askByConnection(running: Running): Promise<void> {
  const { address, next, form, latencies } = running;
  while (!isOver(running)) {
    const asked = performance.now();
    const socket = connect(typeof address === 'string' ? { path: address } : { port: address, host: '127.0.0.1' });
    socket.end(form.question(next()));
    let answer = '';
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
    });
    await once(socket, 'close');
    if (!answer.startsWith(form.answer)) throw new Error(`answered ${answer}`);
    latencies.add(performance.now() - asked);
  }
}

async function open(address: string | number): Promise<Socket> {
  const socket = connect(typeof address === 'string' ? { path: address } : { port: address, host: '127.0.0.1' });
  await once(socket, 'connect');
  return socket;
}
