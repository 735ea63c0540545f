// SMTP clients that behave as no mail server does, each on a connection of its own from a loopback address.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { connectFrom } from './exim.ts';

/** A client that does it once to the server on that port. */
export type RudeClient = (client: string, port: number) => Promise<void>;

/** Talks before the server has greeted; for that the server must know it as EARLY_TALKER. */
export const talksEarly: RudeClient = async (client, port) => {
  const socket = connectFrom(client, port);
  socket.write('EHLO early.example\r\n');
  socket.resume();
  await once(socket, 'close');
};

/** Says these lines, each after the reply to the one before, and is gone without a word. */
function vanishesAfter(...lines: readonly string[]): RudeClient {
  return async (client, port) => {
    const socket = connectFrom(client, port);
    const replies = createInterface({ input: socket })[Symbol.asyncIterator]();
    const left = [...lines];
    for (;;) {
      const { value, done } = await replies.next();
      if (done === true) return;
      if (value[3] === '-') continue;
      const line = left.shift();
      if (line === undefined) break;
      socket.write(`${line}\r\n`);
    }
    socket.end();
    await once(socket, 'close');
  };
}

export const vanishesWithinMail: RudeClient = vanishesAfter('EHLO gone.example', 'MAIL FROM:<lost@lost.example>');
export const leavesWithoutMail: RudeClient = vanishesAfter('EHLO idle.example', 'QUIT');
