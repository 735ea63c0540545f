// Who talks to each socket of a daemon: says one thing after the other, each when the one before has its answer, until the
// connection breaks. What was answered as it should be is told: that is what must be there after a crash.
import { connect } from 'node:net';
import type { Command } from '../../src/mta/milter-packets.ts';
import { connectMta } from '../milter-mta.ts';
import { happens } from './all-protocols.ts';

/** Talks on the socket at that path. `question`: the nth one, `CLIENT SENDER RECIPIENT`, or for a report `CLIENT NUMBER`. */
export type Talker = (path: string, question: (n: number) => string, kept: (question: string) => void) => Promise<void>;

/** `answer`: one that says that a first attempt, or the report, is kept. Any other ends the talk. */
function lines(say: (question: string) => string, answer: RegExp): Talker {
  return async (path, question, kept) => {
    const socket = connect(path).setEncoding('utf8');
    socket.on('error', () => {});
    let heard = '';
    let n = 0;
    socket.on('data', (text: string) => {
      heard += text;
      if (!answer.test(heard)) return;
      kept(question(n));
      heard = '';
      n += 1;
      socket.write(say(question(n)));
    });
    socket.write(say(question(n)));
    await happens(socket, 'close');
  };
}

function policyRequest(question: string): string {
  const [client = '', sender = '', recipient = ''] = question.split(' ');
  const attributes = { client_address: client, sender, recipient };
  const rest = Object.entries(attributes).map(([name, value]) => `${name}=${value}\n`);
  return `request=smtpd_access_policy\nprotocol_state=RCPT\n${rest.join('')}\n`;
}

function report(question: string): string {
  const [ip = '', number = ''] = question.split(' ');
  const fields = { origin: 'far.example', origin_id: number, reporter: 'test', stored: 0, domain: '', mta_id: number };
  const rest = { time: Math.floor(Date.now() / 1000), ip, event: 'spam', e_from: '', e_to: '' };
  const texts = Object.entries({ ...fields, ...rest }).map(([name, value]) => `${name}:${value}`);
  return `report\r\n${texts.join('\r\n')}\r\n.\r\n`;
}

const milter: Talker = async (path, question, kept) => {
  await using mta = await connectMta({ kind: 'unix', path });
  const [address = ''] = question(0).split(' ');
  const client: Command = { kind: 'connect', name: `[${address}]`, family: 'inet', port: 25, address };
  try {
    // Without steps that need no answer, each command has one.
    await mta.ask(2, { kind: 'negotiate', version: 6, actions: 0x1ff, steps: 0 }, client);
    for (let n = 0; ; n += 1) {
      const [, sender = '', recipient = ''] = question(n).split(' ');
      const mail: Command = { kind: 'mail', address: `<${sender}>`, parameters: [] };
      const [, reply] = await mta.ask(2, mail, { kind: 'rcpt', address: `<${recipient}>`, parameters: [] });
      if (reply?.startsWith('y451 4.2.0 ') === true) kept(question(n));
      mta.send({ kind: 'abort' });
    }
  } catch {
    // The connection is closed.
  }
};

/** How each socket is asked about mail. */
export const ASKERS: { readonly [socket: string]: Talker } = {
  'greylist.socket': lines((question) => `check ${question}\n`, /^200 grey\r\n$/),
  'policy.socket': lines(policyRequest, /^action=DEFER_IF_PERMIT .*\n\n$/),
  'greyd.socket': lines((question) => `GREYCHECK ${question}\r\n`, /GREYCHECK ANSWER .* WAIT\b.*\r\n$/),
  'milter.socket': milter,
};

/** Who hands in reports on ddgrey.socket. */
export const reporter: Talker = lines(report, /^301 .*\r\n200 accepted\r\n$/);
