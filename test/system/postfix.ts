// A real Postfix with a tree of its own and conf/postfix-main.cf as it is shipped. XCLIENT plays any client address.
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DOMAIN, type MailServer, RECIPIENTS } from './mail-server.ts';
import { startOwnPostfix } from './own-postfix.ts';
import { until } from './processes.ts';
import { HOME } from './programs.ts';
import { attemptOn } from './smtp.ts';

export interface Postfix extends MailServer {
  /** Where it takes mail: on 127.0.0.1. */
  readonly port: number;
}

/** What docs/protocols/postfix.md sets for messages with many recipients. */
function errorLimits(): string {
  const page = readFileSync(join(HOME, 'docs/protocols/postfix.md'), 'utf8');
  return [...page.matchAll(/'(smtpd_\w+_error_limit = [^']*)'/g)].map(([, setting]) => setting).join('\n');
}

/** The shipped piece, and what this house needs beside it. */
function settings(policy: string): string {
  return `
mydestination = ${DOMAIN}
mynetworks = 192.0.2.25 [2001:db8:2::25]
local_recipient_maps = inline:{${RECIPIENTS.map((name) => `${name}=known`).join(', ')}}
local_transport = discard:
${errorLimits()}

${readFileSync(join(HOME, 'conf/postfix-main.cf'), 'utf8')}
ddgrey_policy = ${policy}
`;
}

/** Starts a Postfix that asks ddgrey at `policy`: `unix:PATH` or `inet:HOST:PORT`. */
export async function startPostfix(policy: string): Promise<Postfix> {
  const postfix = await startOwnPostfix(async () => settings(policy));
  const { directory, port } = postfix;
  const log = (): string =>
    existsSync(directory.file('maillog')) ? readFileSync(directory.file('maillog'), 'utf8') : '';
  return {
    port,
    log,
    attempt: (attempt) => {
      const socket = connect(port, '127.0.0.1');
      const address = attempt.client.includes(':') ? `IPV6:${attempt.client}` : attempt.client;
      const xclient = `ADDR=${address} NAME=${attempt.clientName ?? '[UNAVAILABLE]'}`;
      return attemptOn({ toServer: socket, fromServer: socket, xclient }, attempt);
    },
    delivered: async (attempt) => {
      for (const recipient of attempt.recipients)
        await until(`mail from ${attempt.sender} to ${recipient}`, () =>
          wasDelivered(log(), attempt.sender, recipient),
        );
    },
    [Symbol.asyncDispose]: () => postfix[Symbol.asyncDispose](),
  };
}

/** Whether the log has a message of that sender that was delivered to that recipient. */
function wasDelivered(log: string, sender: string, recipient: string): boolean {
  const queued = log.matchAll(/qmgr\[\d+\]: (\w+): from=<([^>]*)>/g);
  return [...queued].some(
    ([, id, from]) => from === sender && new RegExp(`${id}: to=<${recipient}>.* status=sent`).test(log),
  );
}
