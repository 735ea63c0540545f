import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodedBody, headerValue, leafParts, parsePart } from './mime-parts.ts';

function leaves(text: string): string[] {
  return leafParts(parsePart(Buffer.from(text))).map(({ contentType, body }) => `${contentType}: ${body.toString()}`);
}

const HEAD = 'Content-Type: multipart/mixed; boundary=B\n\n';

test.for([
  ['Subject: x\n\nbody\n', ['text/plain: body\n']],
  ['\nbody', ['text/plain: body']],
  ['', ['text/plain: ']],
  ['Content-Type: Message/RFC822\r\n\r\nx', ['message/rfc822: x']],
  [
    `${HEAD}preamble\n--B\n\none\n--B\nContent-Type: text/html\n\ntwo\n--B--\nepilogue`,
    ['text/plain: one', 'text/html: two'],
  ],
  [`${HEAD.replaceAll('\n', '\r\n')}--B\r\n\r\none\r\n--B--\r\n`, ['text/plain: one\r']],
  [`${HEAD}--B\n\nnot --B\n--Bx\n--B \n\ntwo`, ['text/plain: not --B\n--Bx', 'text/plain: two']],
  [`${HEAD}--B\n--B\n--B--`, ['text/plain: ', 'text/plain: ']],
  ['Content-Type: multipart/mixed; charset=x;\n\tboundary="a b"\n\n--a b\n\none\n--a b--', ['text/plain: one']],
  ['Content-Type: multipart/mixed\n\n--B\n\none', ['multipart/mixed: --B\n\none']],
  ['Content-Type: multipart/digest; boundary=B\n\n--B\n\nSubject: x\n--B--', ['message/rfc822: Subject: x']],
  [
    `${HEAD}--B\nContent-Type: multipart/mixed; boundary=C\n\n--C\n\none\n--C--\n--B\n\ntwo\n--B--`,
    ['text/plain: one', 'text/plain: two'],
  ],
] as const)('the parts of %j', ([text, expected]) => {
  expect(leaves(text)).toEqual(expected);
});

test('headers are unfolded, and what is none is left out', () => {
  const { headers } = parsePart(Buffer.from('From x\nReceived: a\n\tb\r\n c\nÖ: x\nsubject : y\n\n'));
  expect(headers).toEqual([
    { name: 'received', value: 'a\tb c' },
    { name: 'subject', value: 'y' },
  ]);
  expect(headerValue(headers, 'subject')).toBe('y');
});

test.for([
  ['base64', 'U3ViamVjdDog\r\neA==', 'Subject: x'],
  ['BASE64', 'U3ViamVjdDogeA==', 'Subject: x'],
  ['quoted-printable', 'Sub=\r\nject:=20x=', 'Subject: x='],
  ['8bit', 'Subject: x=20', 'Subject: x=20'],
] as const)('a body in %s', ([encoding, body, expected]) => {
  const part = parsePart(Buffer.from(`Content-Transfer-Encoding: ${encoding}\n\n${body}`));
  expect(decodedBody(part).toString()).toBe(expected);
});

const PIECES = ['\n', '\r\n', '--B', '--B--', '--', HEAD, 'Content-Type: message/rfc822', ': ', '=', '"'];

test('any bytes are parsed', () => {
  const pieces = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary' })), { maxLength: 30 });
  fc.assert(
    fc.property(pieces, (texts) => {
      for (const leaf of leaves(texts.join(''))) expect(leaf).toContain('/');
    }),
  );
});

const NESTED = Array.from({ length: 100 }, (_, i) => `Content-Type: multipart/mixed; boundary=B${i}\n\n--B${i}\n`);

// Quadratic work on mails of this size would take hours.
test.for([
  ['line ends', `${HEAD}--B\n\n${'\n'.repeat(8_000_000)}`, 1],
  ['one line', `${HEAD}--B\n\n${'x'.repeat(8_000_000)}`, 1],
  ['delimiters', HEAD + '--B\n\n\n'.repeat(1_000_000), 1000],
  ['what is nearly a delimiter', `${HEAD}${'--Bx\n'.repeat(1_000_000)}`, 0],
  ['headers', 'A: b\n'.repeat(1_000_000), 1],
  ['folded lines', `A: b\n${' c\n'.repeat(1_000_000)}`, 1],
  ['parameters', `Content-Type: multipart/a; ${'boundary = ;'.repeat(20_000)}\n\nx`, 1],
  ['blanks in a parameter', `Content-Type: multipart/a;${' '.repeat(250_000)}\n\nx`, 1],
  ['nested parts', NESTED.join(''), 1],
] as const)('a mail of %s', ([, text, expected]) => {
  expect(leaves(text)).toHaveLength(expected);
});
