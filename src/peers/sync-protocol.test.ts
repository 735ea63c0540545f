import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDocument, parseAnswer } from './sync-protocol.ts';

test.for<[lines: string[], wire: string]>([
  [[], '300 document following\r\n.\r\n'],
  [['a', ''], '300 document following\r\na\r\n\r\n.\r\n'],
  [['.', '..a', 'b.'], '300 document following\r\n..\r\n...a\r\nb.\r\n.\r\n'],
])('the document %j is %j on the wire', ([lines, wire]) => {
  expect(formatDocument(lines)).toBe(wire);
});

test.for<[received: string, code: number | undefined, text: string]>([
  ['250 closing connection\r\n', 250, 'closing connection'],
  ['250 closing connection\n', 250, 'closing connection'],
  ['250\r\n', 250, ''],
  ['500 a\u2028b\rc\r\n', 500, 'a\u2028b\rc'],
  ['hello\r\n', 500, 'hello'],
  ['hello 250 closing connection\r\n', 500, 'hello 250 closing connection'],
  ['\r\n', 500, ''],
  ['', undefined, ''],
  ['250 closing conn', undefined, ''],
  ['300 document following\r\n', undefined, ''],
  ['300 document following\r\na\r\n.', undefined, ''],
])('%j is an answer with the code %j', ([received, code, text]) => {
  expect(parseAnswer(received)).toEqual(code === undefined ? undefined : { code, text, document: [] });
});

const line = fc.oneof(fc.stringMatching(/^[.a\r]{0,4}$/), fc.string()).filter((text) => !text.includes('\n'));

test('a document reads back as it was, wherever the bytes are split, and only when it is complete', () => {
  fc.assert(
    fc.property(fc.array(line), fc.nat(), (lines, at) => {
      const wire = formatDocument(lines);
      const answer = { code: 300, text: 'document following', document: lines };
      expect(parseAnswer(wire)).toEqual(answer);
      expect(parseAnswer(wire.slice(0, at % wire.length))).toBeUndefined();
    }),
  );
});

test('no text makes the parser throw', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\d .\r\na]{0,30}$/), (received) => {
      expect(parseAnswer(received)?.code ?? 0).toBeLessThan(1000);
    }),
  );
});
