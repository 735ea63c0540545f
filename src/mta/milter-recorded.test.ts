// What ze-filter was recorded to answer at RCPT, with its clock at 0 and its defaults: a wait of 600 s for all senders.
// Under the titles of the recording; known differences stand in the tables. What it did as a client of a central server stands
// in client-mode-recorded.test.ts and greyd-client.test.ts.
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

interface World {
  readonly config?: string;
  readonly policy?: string;
}

/** Net classes are ours in `trusted`: LOCAL and FRIEND mean the same there. */
const TRUSTED: World = { config: 'trusted 10.1.2.0/24' };

const RECORDED: readonly (readonly [
  title: string,
  world: World,
  steps: readonly (readonly [attempt: Attempt, reply: string])[],
])[] = [
  [
    'basic: only the RCPT answer is affected',
    {},
    [
      [{ at: 0 }, TEMPFAIL],
      [{ at: 599 }, TEMPFAIL],
      [{ at: 600 }, 'continue'],
      [{ at: 601 }, 'continue'],
    ],
  ],
  [
    'null sender',
    {},
    [
      [{ at: 0, from: '<>' }, TEMPFAIL],
      [{ at: 600, from: '<>' }, 'continue'],
      [{ at: 601, from: '<>' }, TEMPFAIL],
    ],
  ],
  [
    'IPv6 client',
    {},
    [
      [{ at: 0, ip: '2001:db8::5' }, TEMPFAIL],
      [{ at: 600, ip: '2001:db8::77' }, 'continue'],
    ],
  ],
  ['GREY_CHECK NO', { config: 'GREY_CHECK no' }, [[{ at: 0 }, 'continue']]],
  ['policy NO', { policy: 'GreyCheckConnect:default NO' }, [[{ at: 0 }, 'continue']]],
  // ze-filter goes on with its other checks; to us nothing is left to see.
  ['authenticated ({auth_authen})', {}, [[{ at: 0, mail: { auth_authen: 'joe' } }, 'accept']]],
  ['net class LOCAL for the client address', TRUSTED, [[{ at: 0 }, 'continue']]],
  ['net class FRIEND for the client address', TRUSTED, [[{ at: 0 }, 'continue']]],
  // There by the domain example.com of what the MTA says; here by the address that the host's name has in DNS.
  ['net class by client name', { config: 'trusted mail.example.com' }, [[{ at: 0 }, 'continue']]],
  // ze-filter answers 550 5.1.1 itself; here the answer of the MTA, which has refused it already, stands.
  [
    'sendmail says the recipient is unknown (rcpt_mailer=error): refused before greylisting',
    {},
    [[{ at: 0, rcpt: { rcpt_mailer: 'error' } }, 'continue']],
  ],
  [
    'GREY_REPLY custom',
    { config: 'GREY_REPLY 450:4.7.1:Greylisted, see you later' },
    [[{ at: 0 }, '450 4.7.1 Greylisted, see you later']],
  ],
  // Here nothing of the environment counts, malformed or not.
  [
    'environment GREY_REPLY malformed: configuration is used',
    { config: 'GREY_REPLY 450:4.7.1:config' },
    [[{ at: 0 }, '450 4.7.1 config']],
  ],
  [
    'components from the configuration are honoured by the filter at start (IP FULL, FROM FULL, TO NONE)',
    { config: 'GREY_IP_COMPONENT FULL\nGREY_FROM_COMPONENT FULL\nGREY_TO_COMPONENT NONE' },
    [
      [{ at: 0 }, TEMPFAIL],
      [{ at: 600, from: '<joe@example.com>', to: '<x@example.org>' }, 'continue'],
    ],
  ],
];

test.for(RECORDED)('%s', async ([, { config = '', policy = '' }, steps]) => {
  const lines = `${WORLD}\n${config}`;
  const bench = await engineBench({ config: lines, policy, dns: { a: { 'mail.example.com': ['10.1.2.3'] } } });
  await bench.trusted.lookUp();
  const filter = filterOf(bench, configOf(lines));
  let now = 0;
  for (const [attempt, reply] of steps) {
    bench.clock.advance(attempt.at - now);
    now = attempt.at;
    expect(spelled(await rcptReply(filter, attempt))).toBe(reply);
  }
});

// ze-filter uses its built-in text for the first two and reads over the garbage in the third; here they are errors of the
// configuration.
const REFUSED: readonly (readonly [title: string, reply: string])[] = [
  ['GREY_REPLY not of the form 4nn:4.x.y:text: built-in text', '550:5.7.1:No'],
  ['GREY_REPLY text empty', '450:4.7.1:'],
  ['GREY_REPLY with leading garbage: the match is not anchored', 'xx450:4.7.1:Hello'],
];

test.for(REFUSED)('%s', ([, text]) => {
  expect(parseReplyTemplate(text)).toBeUndefined();
});

const NO_CLASS =
  'a net class that means nothing to greylisting; here are no net classes, and who is not trusted is greylisted';
const NO_DATABASE = 'which recipients there are, and who may write to them, is for the mail server to say';
const NOT_COMPARED: { readonly [title: string]: string } = {
  'net class AUTH for the client address': NO_CLASS,
  'net class FOO for the client address': NO_CLASS,
  'recipient access REJECT': NO_DATABASE,
  'recipient access OK': NO_DATABASE,
  'recipient access USER-UNKNOWN': NO_DATABASE,
  'recipient access SPAMTRAP': `${NO_DATABASE}; a trap of ours is not refused, so that it does not show`,
  'recipient access KNOWN': NO_DATABASE,
  'recipient domain access REJECT': NO_DATABASE,
  'recipient domain access TEMPFAIL': NO_DATABASE,
  'recipient domain access OK': NO_DATABASE,
};

test('each of the 26 recorded cases is compared, or it is said why not', () => {
  const titles = [...RECORDED, ...REFUSED].map(([title]) => title);
  expect(new Set([...titles, ...Object.keys(NOT_COMPARED)])).toHaveProperty('size', 26);
  expect(titles.filter((title) => title in NOT_COMPARED)).toEqual([]);
});

function filterOf({ answerCheck, clock }: Bench, { GREY_REPLY: template }: Config): MilterFilter {
  return greylistMilter({
    answerCheck,
    accept: () => {},
    onRefused: () => {},
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
