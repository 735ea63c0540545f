// A client that keeps its SMTP session open (RFC 5321): several messages, authentication, headers, and leaving in the middle.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** Its lines joined by spaces: `451 4.2.0 Greylisted, ...`. */
export type Reply = string;

export interface SmtpSession extends AsyncDisposable {
  /** Says a line and waits for the reply. */
  say(line: string): Promise<Reply>;
  /** MAIL, and RCPT for each recipient; the replies to the recipients. */
  envelope(sender: string, ...recipients: readonly string[]): Promise<readonly Reply[]>;
  /** DATA and a message with these headers; the reply to it. */
  message(...headers: readonly string[]): Promise<Reply>;
  /** Leaves without a word. */
  vanish(): void;
}

/** What these clients greet with. */
export const EHLO = 'EHLO mail.example.net';

/** A session on a socket that connects, past the server's greeting. */
export async function openSmtp(socket: Socket): Promise<SmtpSession> {
  socket.on('error', () => {});
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const say = (line: string): Promise<Reply> => {
    socket.write(`${line}\r\n`);
    return readReply(lines, line);
  };
  await readReply(lines, 'the greeting');
  return {
    say,
    envelope: async (sender, ...recipients) => {
      await say(`MAIL FROM:<${sender}>`);
      const replies: Reply[] = [];
      for (const recipient of recipients) replies.push(await say(`RCPT TO:<${recipient}>`));
      return replies;
    },
    message: async (...headers) => {
      await say('DATA');
      return say([...headers, 'Subject: a test', '', 'Hello', '.'].join('\r\n'));
    },
    vanish: () => socket.destroy(),
    [Symbol.asyncDispose]: async () => {
      if (socket.destroyed) return;
      const closed = once(socket, 'close');
      socket.end('QUIT\r\n');
      await closed;
    },
  };
}

async function readReply(lines: AsyncIterator<string>, after: string): Promise<Reply> {
  const texts: string[] = [];
  for (;;) {
    const { done, value } = await lines.next();
    if (done === true) throw new Error(`The server closed the connection after ${after}`);
    texts.push(texts.length === 0 ? `${value.slice(0, 3)} ${value.slice(4)}` : value.slice(4));
    if (value[3] !== '-') return texts.join(' ');
  }
}
