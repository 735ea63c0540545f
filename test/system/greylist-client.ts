// Clients of the greylist socket: `check ...` lines over a connection that stays open.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface GreylistClient extends Disposable {
  /** The answer to a check; questions need not wait for each other. */
  ask(question: string): Promise<string>;
}

/** A client on a connection of its own. */
export function greylistClient(path: string): GreylistClient {
  const { socket, answers } = open(path);
  let last: Promise<unknown> = Promise.resolve();
  return {
    ask: (question) => {
      socket.write(`check ${question}\n`);
      const answer = last.then(async () => String((await answers.next()).value));
      last = answer;
      return answer;
    },
    [Symbol.dispose]: () => {
      socket.destroy();
    },
  };
}

interface Client {
  readonly socket: Socket;
  readonly answers: AsyncIterator<string>;
}

function open(path: string): Client {
  const socket = connect(path);
  // The daemon is killed in the middle; the end of the answers is what counts.
  socket.on('error', () => {});
  return { socket, answers: createInterface({ input: socket })[Symbol.asyncIterator]() };
}

/** Asks question 0, 1, 2, ... one after the other until the connection breaks; tells each that was answered grey. */
export async function askUntilClosed(
  path: string,
  question: (n: number) => string,
  answered: (question: string) => void,
): Promise<void> {
  const { socket, answers } = open(path);
  for (let n = 0; ; n += 1) {
    const asked = question(n);
    socket.write(`check ${asked}\n`);
    const { done, value } = await answers.next().catch(() => ({ done: true, value: '' }));
    if (done === true) return;
    if (value === '200 grey') answered(asked);
  }
}

/** Asks all of them on one connection, without waiting between; resolves when all are answered. */
export async function askAll(path: string, questions: readonly string[]): Promise<void> {
  const { socket, answers } = open(path);
  socket.write(questions.map((question) => `check ${question}\n`).join(''));
  for (const question of questions) {
    const { value } = await answers.next();
    if (value !== '200 grey') throw new Error(`${question} was answered ${value}`);
  }
  socket.end();
  await once(socket, 'close');
}
