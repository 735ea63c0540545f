// A small SMTP client (RFC 5321) for the tests: one attempt to hand over a mail, with every reply as it came.
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface Attempt {
  /** The client's address, as far as the way to the mail server lets one choose it. */
  readonly client: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  /** The client's name, where it can be chosen; without it the client has none. */
  readonly clientName?: string;
  /** What it calls itself. */
  readonly helo?: string;
}

/** A reply, its lines joined by spaces: `451 4.2.0 Greylisted, ...`. */
type Reply = string;

/** The replies to each RCPT, and to the message itself if any recipient was accepted. */
export interface Outcome {
  readonly recipients: readonly Reply[];
  readonly message?: Reply;
}

export interface Connection {
  readonly toServer: Writable;
  readonly fromServer: Readable;
  /** XCLIENT's words (Postfix), if the client's address is to be played. */
  readonly xclient?: string;
}

/** Plays a session on a connection that nothing was read from yet. */
export async function attemptOn(connection: Connection, attempt: Attempt): Promise<Outcome> {
  const { sender, recipients, helo = 'mail.example.net' } = attempt;
  const say = await openSession(connection, `EHLO ${helo}`);
  await say(`MAIL FROM:<${sender}>`);
  const replies: Reply[] = [];
  for (const recipient of recipients) replies.push(await say(`RCPT TO:<${recipient}>`));
  const message = replies.some((reply) => reply.startsWith('250')) ? await sendMessage(say) : undefined;
  // Nobody waits for the answer: Exim takes its time over it.
  connection.toServer.end('QUIT\r\n');
  return { recipients: replies, ...(message === undefined ? {} : { message }) };
}

type Say = (line: string) => Promise<Reply>;

async function openSession({ toServer, fromServer, xclient }: Connection, ehlo: string): Promise<Say> {
  const lines = createInterface({ input: fromServer })[Symbol.asyncIterator]();
  const say: Say = (line) => {
    toServer.write(`${line}\r\n`);
    return readReply(lines);
  };
  await readReply(lines);
  await say(ehlo);
  if (xclient !== undefined) {
    await say(`XCLIENT ${xclient}`);
    await say(ehlo);
  }
  return say;
}

async function sendMessage(say: Say): Promise<Reply> {
  await say('DATA');
  return say('Subject: a test\r\n\r\nHello\r\n.');
}

async function readReply(lines: AsyncIterator<string>): Promise<Reply> {
  const texts: string[] = [];
  for (;;) {
    const { done, value } = await lines.next();
    if (done === true) throw new Error(`The server closed the connection after: ${texts.join(' ')}`);
    texts.push(texts.length === 0 ? `${value.slice(0, 3)} ${value.slice(4)}` : value.slice(4));
    if (value[3] !== '-') return texts.join(' ');
  }
}
