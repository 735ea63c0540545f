import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeReplies } from '../../test/milter-mta.ts';
import { encodeReply, type MilterReply } from './milter-replies.ts';

test.for<[reply: MilterReply, bytes: string]>([
  [{ kind: 'continue' }, '\0\0\0\x01c'],
  [{ kind: 'accept' }, '\0\0\0\x01a'],
  [{ kind: 'reject' }, '\0\0\0\x01r'],
  [{ kind: 'tempfail' }, '\0\0\0\x01t'],
  [{ kind: 'reply', code: '451', text: '4.2.0 Later' }, '\0\0\0\x11y451 4.2.0 Later\0'],
  [{ kind: 'reply', code: '450', text: 'Later' }, '\0\0\0\x0by450 Later\0'],
  [{ kind: 'reply', code: '451', text: '4.2.0 a\nb' }, '\0\0\0\x1ay451-4.2.0 a\r\n451 4.2.0 b\0'],
  [{ kind: 'reply', code: '451', text: '4.2.0 100% \u00e9\r\0' }, '\0\0\0\x15y451 4.2.0 100%% ???\0'],
  [{ kind: 'add-header', name: 'A', value: 'b' }, '\0\0\0\x05hA\0b\0'],
  [{ kind: 'insert-header', index: 1, name: 'A', value: 'b' }, '\0\0\0\x09i\0\0\0\x01A\0b\0'],
  [{ kind: 'change-header', index: 2, name: 'A', value: '' }, '\0\0\0\x08m\0\0\0\x02A\0\0'],
  [
    { kind: 'agree', version: 6, actions: 0x101, steps: 0x80000000, macros: [[3, ['i', 'rcpt_host']]] },
    '\0\0\0\x1fO\0\0\0\x06\0\0\x01\x01\x80\0\0\0\0\0\0\x03i {rcpt_host}\0',
  ],
])('%j', ([reply, bytes]) => {
  expect(encodeReply(reply).toString('latin1')).toBe(bytes);
});

test('a reply has at most 32 lines of 980 characters', () => {
  const text = `4.2.0 ${'x'.repeat(2000)}${'\ny'.repeat(100)}`;
  const [reply = ''] = decodeReplies(encodeReply({ kind: 'reply', code: '451', text })).replies;
  const lines = reply.split('\r\n');
  expect(lines).toHaveLength(32);
  expect(lines[0]).toHaveLength('y451-4.2.0 '.length + 980);
  expect(lines.at(-1)).toBe('451 4.2.0 y|');
});

test('whatever the text is, it makes one packet of printable lines', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { replies, rest } = decodeReplies(encodeReply({ kind: 'reply', code: '550', text }));
      expect(rest).toHaveLength(0);
      expect(replies).toHaveLength(1);
      expect(replies[0]).toMatch(/^y(550-[\x20-\x7e]*\r\n)*550 [\x20-\x7e]*\|$/);
    }),
  );
});
