// What ze-filter was recorded to answer at RCPT, with its clock at 0 and its defaults: a wait of 600 s for all senders.
// Left out: decisions of its policy file, net classes and recipient database. Known differences stand in the table.
import { expect, test } from 'vitest';
import { type Bench, configOf, engineBench } from '../../test/engine-bench.ts';
import type { Config } from '../config/options.ts';
import { parseReplyTemplate, replyText } from '../policy/reply.ts';
import { greylistMilter } from './greylist-milter.ts';
import type { MilterReply } from './milter-replies.ts';
import type { MilterFilter } from './milter-session.ts';

const TEMPFAIL = '451 4.3.2 Temporary failure ! Come back later, please !';
/** ze-filter's defaults, where ours differ. */
const WORLD = `
  reputation no
  grey_default 600s
  retry 3d
  GREY_MIN_DELAY_NULLSENDER 600s
  GREY_MAX_DELAY_NULLSENDER 6h
  GREY_IP_COMPONENT NET
  GREY_REPLY "${TEMPFAIL.replace(' ', ':').replace(' ', ':')}"`;

interface Attempt {
  readonly at: number;
  readonly ip?: string;
  readonly from?: string;
  readonly to?: string;
  /** Macros at MAIL and at RCPT. */
  readonly mail?: { readonly [name: string]: string };
  readonly rcpt?: { readonly [name: string]: string };
}

test.for<[title: string, config: string, steps: readonly (readonly [attempt: Attempt, reply: string])[]]>([
  [
    'basic',
    '',
    [
      [{ at: 0 }, TEMPFAIL],
      [{ at: 599 }, TEMPFAIL],
      [{ at: 600 }, 'continue'],
      [{ at: 601 }, 'continue'],
    ],
  ],
  [
    'null sender',
    '',
    [
      [{ at: 0, from: '<>' }, TEMPFAIL],
      [{ at: 600, from: '<>' }, 'continue'],
      [{ at: 601, from: '<>' }, TEMPFAIL],
    ],
  ],
  [
    'IPv6 client',
    '',
    [
      [{ at: 0, ip: '2001:db8::5' }, TEMPFAIL],
      [{ at: 600, ip: '2001:db8::77' }, 'continue'],
    ],
  ],
  ['GREY_CHECK NO', 'GREY_CHECK no', [[{ at: 0 }, 'continue']]],
  // ze-filter goes on with its other checks; to us nothing is left to see.
  ['authenticated', '', [[{ at: 0, mail: { auth_authen: 'joe' } }, 'accept']]],
  // ze-filter answers 550 5.1.1 itself; here the answer of the MTA, which has refused it already, stands.
  ['unknown recipient', '', [[{ at: 0, rcpt: { rcpt_mailer: 'error' } }, 'continue']]],
  [
    'GREY_REPLY',
    'GREY_REPLY 450:4.7.1:Greylisted, see you later',
    [[{ at: 0 }, '450 4.7.1 Greylisted, see you later']],
  ],
  [
    'components',
    'GREY_IP_COMPONENT FULL\nGREY_FROM_COMPONENT FULL\nGREY_TO_COMPONENT NONE',
    [
      [{ at: 0 }, TEMPFAIL],
      [{ at: 600, from: '<joe@example.com>', to: '<x@example.org>' }, 'continue'],
    ],
  ],
])('%s', async ([, config, steps]) => {
  const bench = await engineBench({ config: `${WORLD}\n${config}` });
  const { clock } = bench;
  const filter = filterOf(bench, configOf(`${WORLD}\n${config}`));
  let now = 0;
  for (const [attempt, reply] of steps) {
    clock.advance(attempt.at - now);
    now = attempt.at;
    expect(spelled(await rcptReply(filter, attempt))).toBe(reply);
  }
});

// ze-filter uses its built-in text for the first two and reads over the garbage in the third; here they are errors of the
// configuration.
test.for(['550:5.7.1:No', '450:4.7.1:', 'xx450:4.7.1:Hello'])('GREY_REPLY %s', (text) => {
  expect(parseReplyTemplate(text)).toBeUndefined();
});

function filterOf({ answerCheck, clock }: Bench, { GREY_REPLY: template }: Config): MilterFilter {
  return greylistMilter({
    answerCheck,
    accept: () => {},
    onSlowPattern: () => {},
    nextId: () => 'id',
    reply: (asked, verdict) => ({ code: template.code, text: replyText(template, asked, verdict) }),
    clock,
    settings: () => ({ host: 'mx.example.org', header: false, spamHeaders: [] }),
  });
}

function rcptReply(filter: MilterFilter, attempt: Attempt): MilterReply | Promise<MilterReply> {
  const { ip = '10.1.2.3', from = '<joe@example.com>', to = '<bob@example.org>', mail = {}, rcpt = {} } = attempt;
  const client = filter.connect({ name: 'mail.example.com', family: 'inet', port: 25, address: ip });
  return client.mail(from, new Map(Object.entries(mail))).rcpt(to, new Map(Object.entries(rcpt)));
}

function spelled(reply: MilterReply): string {
  return reply.kind === 'reply' ? `${reply.code} ${reply.text}` : reply.kind;
}
