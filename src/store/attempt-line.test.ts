import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FirstAttempt, formatAttempt, hashOf, parseAttempts } from './attempt-line.ts';
import { address } from './contract-samples.ts';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '<>', '"]', 'a\nb', '\ud800', '\u2028', '\0'));
const attempt: fc.Arbitrary<FirstAttempt> = fc.record({
  kind: fc.constantFrom(0, 1, 2),
  time: fc.integer({ min: 0 }),
  client: fc.constantFrom('192.0.2.1', '2001:db8::1').map(address),
  tuple: fc.record({ client: text, sender: text, recipient: text }),
  senderText: text,
  clientName: fc.option(text, { nil: undefined }),
});
const hash = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

test('what is written is read, whatever is in it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(attempt, hash)), (all) => {
      const lines = all.map((one) => formatAttempt(...one));
      expect(lines.map(hashOf)).toEqual(all.map(([, of]) => of));
      expect([...parseAttempts(Buffer.from(lines.join('')))]).toEqual(all.map(([one]) => one));
    }),
  );
});

test('of what is cut off somewhere, the whole lines are read', () => {
  fc.assert(
    fc.property(fc.array(attempt, { minLength: 1, maxLength: 3 }), fc.nat(), (all, at) => {
      const bytes = Buffer.from(all.map((one) => formatAttempt(one, 7)).join(''));
      const cut = bytes.subarray(0, at % bytes.length);
      const whole = cut.toString('latin1').split('\n').length - 1;
      expect([...parseAttempts(cut)]).toEqual(all.slice(0, whole));
    }),
  );
});

test('rubbish is no attempt', () => {
  const rubbish = fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.jsonValue().map((value) => Buffer.from(`5 ${JSON.stringify(value)}\n`)),
  );
  fc.assert(
    fc.property(rubbish, (bytes) => {
      expect([...parseAttempts(bytes)]).toEqual([]);
    }),
  );
});
