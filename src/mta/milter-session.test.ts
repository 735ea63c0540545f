import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeReplies } from '../../test/milter-mta.ts';
import type { Needs } from './milter-negotiation.ts';
import type { Command, Step } from './milter-packets.ts';
import { encodeReply, type MilterReply } from './milter-replies.ts';
import { type MilterFilter, MilterSession } from './milter-session.ts';

const NEEDS: Needs = { data: true, headers: true, changesHeaders: true, refusedRecipients: false, macros: {} };
const LIMITS = { recipients: 3, recipientCharacters: 20, headers: 3, commands: 12 };
const NOW: Command = { kind: 'negotiate', version: 6, actions: 0x1ff, steps: 0x1fffff };
/** It sends everything and waits for every answer. */
const PLAIN: Command = { kind: 'negotiate', version: 2, actions: 0x3f, steps: 0 };
const EMPTY = Buffer.alloc(0);

/** Commands by short names; an address with /parameters, or a value, may follow after a space. */
function command(text: string): Command {
  const [kind = '', value = ''] = text.split(' ');
  switch (kind) {
    case 'now':
      return NOW;
    case 'plain':
      return PLAIN;
    case 'connect':
      return { kind, name: 'mx', family: 'inet', port: 25, address: '192.0.2.1' };
    case 'helo':
      return { kind, name: 'mx' };
    case 'mail':
    case 'rcpt': {
      const [address = '', ...parameters] = value.split('/');
      return { kind, address, parameters };
    }
    case 'header':
      return { kind, name: 'Subject', value };
    case 'body':
    case 'eom':
      return { kind, bytes: EMPTY };
    case 'unknown':
      return { kind, line: value };
    case 'data':
    case 'eoh':
    case 'abort':
    case 'quit':
    case 'quit-nc':
      return { kind };
    default:
      return { kind: 'macros', step: kind.slice(1) as Step, macros: new Map([['i', value]]) };
  }
}

/** A filter that writes down what it is told; it answers `later` with a promise, `no` with a refusal. */
function noted(notes: string[]): MilterFilter {
  const macro = (macros: ReadonlyMap<string, string>): string => [...macros.values()].join();
  const answer = (recipient: string): MilterReply => (recipient === 'no' ? { kind: 'reject' } : { kind: 'continue' });
  return {
    needs: () => NEEDS,
    connect: ({ address }) => {
      notes.push(`connect ${address}`);
      return {
        helo: (name) => void notes.push(`helo ${name}`),
        close: () => void notes.push('close'),
        mail: (sender, macros) => {
          notes.push(`mail ${sender}${macro(macros)}`);
          return {
            rcpt: (recipient, recipientMacros) => {
              notes.push(`rcpt ${recipient}${macro(recipientMacros)}`);
              return recipient === 'later' ? Promise.resolve(answer(recipient)) : answer(recipient);
            },
            data: () => void notes.push('data'),
            header: (_, value) => void notes.push(`header ${value}`),
            eom: (last) => {
              notes.push(`eom ${macro(last)}`);
              return [
                { kind: 'change-header', index: 1, name: 'X', value: '' },
                { kind: 'insert-header', index: 0, name: 'Y', value: 'z' },
              ];
            },
            abort: () => void notes.push('abort'),
          };
        },
      };
    },
  };
}

/** What the filter was told, and the letters of the replies or the reason why the connection was closed. */
async function play(script: string): Promise<{ notes: string; replies: string }> {
  const notes: string[] = [];
  const session = new MilterSession(noted(notes), LIMITS);
  const replies: string[] = [];
  for (const text of script.split(', ')) {
    const reaction = await session.take(command(text));
    if (reaction.kind === 'reply') {
      for (const reply of reaction.replies)
        replies.push(decodeReplies(encodeReply(reply)).replies[0]?.slice(0, 1) ?? '');
    } else {
      replies.push(reaction.cause ?? 'end');
      break;
    }
  }
  return { notes: notes.join(', '), replies: replies.join('') };
}

test.for<[script: string, replies: string, notes: string]>([
  // A message costs one answer a recipient and one at the end.
  [
    'now, connect, helo, mail a, rcpt b, data, header s, eom, quit',
    'Ocmicend',
    'connect 192.0.2.1, helo mx, mail a, rcpt b, data, header s, eom , close',
  ],
  [
    'plain, connect, helo, mail a, rcpt b, data, header s, eoh, body, eom, quit',
    'Occccccccmhcend',
    'connect 192.0.2.1, helo mx, mail a, rcpt b, data, header s, eom , close',
  ],
  [
    'now, connect, mail a, rcpt no, rcpt later, rcpt c',
    'Orcc',
    'connect 192.0.2.1, mail a, rcpt no, rcpt later, rcpt c',
  ],
  // Many messages and clients on one connection.
  [
    'now, connect, mail a, rcpt b, eom, mail c, rcpt d, abort, abort, mail e, quit',
    'Ocmiccend',
    'connect 192.0.2.1, mail a, rcpt b, eom , mail c, rcpt d, abort, mail e, close',
  ],
  ['now, connect, helo, quit-nc, connect, mail a', 'O', 'connect 192.0.2.1, helo mx, close, connect 192.0.2.1, mail a'],
  ['now, connect, mail a, quit-nc, mail b', 'Ocommand mail out of order', 'connect 192.0.2.1, mail a, close'],
  // Refused in DATA by Sendmail itself: nothing is said of that.
  ['now, connect, mail a, rcpt b, data, quit', 'Ocend', 'connect 192.0.2.1, mail a, rcpt b, data, close'],
  // Accepted early: the next MAIL comes without an end of this one.
  ['now, connect, mail a, rcpt b, mail c', 'Oc', 'connect 192.0.2.1, mail a, rcpt b, mail c'],
  ['now, connect, helo, helo, unknown XYZ', 'Oc', 'connect 192.0.2.1, helo mx, helo mx'],
  // Macros belong to the next command of their step, and to no other.
  [
    'now, connect, @mail 1, mail a, @rcpt 2, rcpt b, rcpt c, @eom 3, eom',
    'Occmic',
    'connect 192.0.2.1, mail a1, rcpt b2, rcpt c, eom 3',
  ],
  [
    'now, connect, @rcpt 2, quit-nc, connect, mail a, rcpt b',
    'Oc',
    'connect 192.0.2.1, close, connect 192.0.2.1, mail a, rcpt b',
  ],
  // Wrong order.
  ['connect', 'command connect out of order', ''],
  ['@connect 1', 'command macros out of order', ''],
  ['mail a', 'command mail out of order', ''],
  ['quit', 'end', ''],
  ['now, now', 'Ocommand negotiate out of order', ''],
  ['now, helo', 'Ocommand helo out of order', ''],
  ['now, mail a', 'Ocommand mail out of order', ''],
  ['now, connect, connect', 'Ocommand connect out of order', 'connect 192.0.2.1'],
  ['now, connect, rcpt a', 'Ocommand rcpt out of order', 'connect 192.0.2.1'],
  ['now, connect, data', 'Ocommand data out of order', 'connect 192.0.2.1'],
  ['now, connect, header a', 'Ocommand header out of order', 'connect 192.0.2.1'],
  ['now, connect, mail a, abort, eom', 'Ocommand eom out of order', 'connect 192.0.2.1, mail a, abort'],
  // Too much of what the client chooses: the filter hears no more of it, and of what follows as ever.
  [
    'now, connect, mail a, rcpt 1, rcpt 2, rcpt 3, rcpt 4, @rcpt x, rcpt 5, eom, mail b, rcpt no',
    'Occcyymicr',
    'connect 192.0.2.1, mail a, rcpt 1, rcpt 2, rcpt 3, eom , mail b, rcpt no',
  ],
  [
    'now, connect, mail a, rcpt 1, header 1, header 2, header 3, header 4, eom, mail b, rcpt no, header 5',
    'Ocmicr',
    'connect 192.0.2.1, mail a, rcpt 1, header 1, header 2, header 3, eom , mail b, rcpt no, header 5',
  ],
  [
    'now, connect, mail a, rcpt 12345678, rcpt 12/345/678, rcpt 12345, rcpt 1, eom, mail b, rcpt no',
    'Occyymicr',
    'connect 192.0.2.1, mail a, rcpt 12345678, rcpt 12, eom , mail b, rcpt no',
  ],
  // Too much for any client.
  [
    `now, connect, mail a${', header 1'.repeat(13)}`,
    'Omore than 12 commands in one message',
    'connect 192.0.2.1, mail a, header 1, header 1, header 1',
  ],
])('%s', async ([script, replies, notes]) => {
  expect(await play(script)).toEqual({ replies, notes });
});

test('an MTA that is too old, and one that sends nonsense', () => {
  const session = (): MilterSession => new MilterSession(noted([]), LIMITS);
  expect(session().take({ ...NOW, version: 1 })).toEqual({ kind: 'close', cause: 'protocol version 1 is too old' });
  expect(session().take({ kind: 'malformed', cause: 'why' })).toEqual({ kind: 'close', cause: 'why' });
});

test('an MTA that lets no filter change headers', async () => {
  const session = new MilterSession(noted([]), LIMITS);
  await session.take({ ...NOW, actions: 0x100 });
  for (const text of ['connect', 'mail a', 'rcpt b']) await session.take(command(text));
  expect(await session.take(command('eom'))).toEqual({ kind: 'reply', replies: [{ kind: 'continue' }] });
});

test.for<[script: string, told: readonly string[]]>([
  ['now connect', []],
  ['now connect mail:a', ['abort', 'close']],
  ['now connect mail:a rcpt:b data', ['abort', 'close']],
  ['now connect mail:a rcpt:b data eom', []],
  ['now connect mail:a rcpt:b data quit', []],
])('an MTA that hangs up after %s', ([script, told]) => {
  const notes: string[] = [];
  const session = new MilterSession(noted(notes), LIMITS);
  for (const word of script.split(' ')) void session.take(command(word.replace(':', ' ')));
  const before = notes.length;
  session.hangUp();
  expect(notes.slice(before)).toEqual(told);
});

const WORDS =
  'connect, connect, helo, mail a, mail a, rcpt b, rcpt no, rcpt later, rcpt long/parameters, data, header s, eoh, body, eom, ' +
  'unknown X, abort, quit, quit-nc, plain, *rcpt 1, *mail 2';
const ANY_ORDER = fc.array(fc.constantFrom(...WORDS.split(', ')), { maxLength: 20 });
/** Most orders end the connection soon. */
const SCRIPTS = fc.oneof(
  ANY_ORDER,
  ANY_ORDER.map((texts) => ['connect', 'mail a', 'rcpt long/parameters', ...texts]),
);

test('whatever comes in whatever order is answered once, or ends the connection; the filter hears what makes sense', async () => {
  const silent = new Set(['abort', 'quit-nc', '*rcpt', '*mail']);
  await fc.assert(
    fc.asyncProperty(SCRIPTS, async (texts) => {
      const { notes, replies } = await play(['plain', ...texts].join(', '));
      const awaited = texts.filter((text) => !silent.has(text.split(' ')[0] ?? '')).length;
      const [whole, letters = '', cause] = /^O([crmhy]*?)(end|command .*|more than .*)?$/.exec(replies) ?? [];
      // Changes at the end of a message come before its answer.
      const answers = letters.replaceAll(/[mh]/g, '').length;
      expect(whole).toBe(replies);
      expect(answers).toBeLessThanOrEqual(cause === undefined ? awaited : awaited - 1);
      expect(answers).toBeGreaterThanOrEqual(cause === undefined ? awaited : 0);
      const clients = notes.split(', ').filter((note) => /^(?:connect|close)/.test(note));
      expect(clients.every((note, at) => note.startsWith(at % 2 === 0 ? 'connect' : 'close'))).toBe(true);
    }),
  );
});
