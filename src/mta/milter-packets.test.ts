import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeCommand, number, packet } from '../../test/milter-mta.ts';
import { type Command, createCommandReader } from './milter-packets.ts';

const LIMITS = { packet: 2000, command: 500 };

function read(...pieces: readonly Buffer[]): readonly Command[] {
  const reader = createCommandReader(LIMITS);
  return pieces.flatMap((piece) => reader.read(piece));
}

// Written out as an MTA sends them.
test.for<[bytes: string, command: object]>([
  [
    '\0\0\0\x0dO\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff',
    { kind: 'negotiate', version: 6, actions: 0x1ff, steps: 0x1fffff },
  ],
  [
    '\0\0\0\x17Cmx.example\x004\x04\xd21.2.3.4\0',
    { kind: 'connect', name: 'mx.example', family: 'inet', port: 1234, address: '1.2.3.4' },
  ],
  [
    '\0\0\0\x11C[x]\x006\0\x19IPv6:::1\0',
    { kind: 'connect', name: '[x]', family: 'inet6', port: 25, address: 'IPv6:::1' },
  ],
  ['\0\0\0\x11Clocalhost\0L\0\0/s\0', { kind: 'connect', name: 'localhost', family: 'unix', port: 0, address: '/s' }],
  ['\0\0\0\x04Cx\0U', { kind: 'connect', name: 'x', family: 'unknown', port: 0, address: '' }],
  ['\0\0\0\x04Cx\0X', { kind: 'malformed', cause: 'malformed packet C' }],
  ['\0\0\0\x05Cx\x004\0', { kind: 'malformed', cause: 'malformed packet C' }],
  ['\0\0\0\x02Cx', { kind: 'malformed', cause: 'malformed packet C' }],
  ['\0\0\0\x09DMi\0ABC\0\0', { kind: 'malformed', cause: 'malformed packet D' }],
  ['\0\0\0\x08DMi\0ABC\0', { kind: 'macros', step: 'mail', macros: new Map([['i', 'ABC']]) }],
  ['\0\0\0\x11DR{rcpt_host}\0a\0\0', { kind: 'malformed', cause: 'malformed packet D' }],
  ['\0\0\0\x10DR{rcpt_host}\0a\0', { kind: 'macros', step: 'rcpt', macros: new Map([['rcpt_host', 'a']]) }],
  ['\0\0\0\x02DC', { kind: 'macros', step: 'connect', macros: new Map() }],
  ['\0\0\0\x02D?', { kind: 'malformed', cause: 'malformed packet D' }],
  ['\0\0\0\x04Hmx\0', { kind: 'helo', name: 'mx' }],
  ['\0\0\0\x03Hmx', { kind: 'malformed', cause: 'malformed packet H' }],
  ['\0\0\0\x01H', { kind: 'malformed', cause: 'malformed packet H' }],
  ['\0\0\0\x0fM<a@b>\0SIZE=10\0', { kind: 'mail', address: '<a@b>', parameters: ['SIZE=10'] }],
  ['\0\0\0\x04R<>\0', { kind: 'rcpt', address: '<>', parameters: [] }],
  ['\0\0\0\x06M\xc3\xa9@b\0', { kind: 'mail', address: 'é@b', parameters: [] }],
  ['\0\0\0\x05M\xff@b\0', { kind: 'mail', address: '\ufffd@b', parameters: [] }],
  ['\0\0\0\x01T', { kind: 'data' }],
  ['\0\0\0\x05LA\0b\0', { kind: 'header', name: 'A', value: 'b' }],
  ['\0\0\0\x03LA\0', { kind: 'malformed', cause: 'malformed packet L' }],
  ['\0\0\0\x01N', { kind: 'eoh' }],
  ['\0\0\0\x03BHi', { kind: 'body', bytes: Buffer.from('Hi') }],
  ['\0\0\0\x01E', { kind: 'eom', bytes: Buffer.alloc(0) }],
  ['\0\0\0\x05UXYZ\0', { kind: 'unknown', line: 'XYZ' }],
  ['\0\0\0\x01A', { kind: 'abort' }],
  ['\0\0\0\x01Q', { kind: 'quit' }],
  ['\0\0\0\x01K', { kind: 'quit-nc' }],
  ['\0\0\0\x01?', { kind: 'malformed', cause: 'unknown command "?"' }],
  ['\0\0\0\0Q', { kind: 'malformed', cause: 'empty packet' }],
  ['\0\0\0\x05O\0\0\0\0', { kind: 'malformed', cause: 'malformed packet O' }],
  ['GET / HTTP/1.1\r\n', { kind: 'malformed', cause: 'unknown command "/"' }],
])('%j', ([bytes, command]) => {
  expect(read(Buffer.from(bytes, 'latin1'))).toEqual([command]);
});

test.for<[letter: string, length: number, cause: string | undefined]>([
  ['H', 500, undefined],
  ['H', 501, 'packet H of 501 bytes, more than 500'],
  ['D', 501, 'packet D of 501 bytes, more than 500'],
  ['L', 501, undefined],
  ['L', 2001, 'packet L of 2001 bytes, more than 2000'],
  ['E', 0xffff_ffff, 'packet E of 4294967295 bytes, more than 2000'],
])('a packet %s of %i bytes is judged by its first five bytes', ([letter, length, cause]) => {
  expect(read(number(length), Buffer.from(letter))).toEqual(cause === undefined ? [] : [{ kind: 'malformed', cause }]);
});

test('after a malformed packet nothing is read', () => {
  const bytes = Buffer.concat([packet('?'), packet('A')]);
  expect(read(bytes, packet('A'))).toHaveLength(1);
});

test('what was given out is not changed by what comes later', () => {
  const reader = createCommandReader(LIMITS);
  const first = Buffer.concat([packet('B', 'first'), packet('B', 'second')]);
  const commands = [
    ...reader.read(first.subarray(0, 8)),
    ...reader.read(first.subarray(8)),
    ...reader.read(packet('B', 'third')),
  ];
  expect(commands.map((command) => command.kind === 'body' && command.bytes.toString())).toEqual([
    'first',
    'second',
    'third',
  ]);
});

const text = fc.string({ unit: 'binary', maxLength: 20 }).map((words) => words.replaceAll('\0', '').toWellFormed());
const uint32 = fc.nat(0xffff_ffff);
const steps = fc.constantFrom('connect', 'helo', 'mail', 'rcpt', 'data', 'header', 'eoh', 'body', 'eom', 'unknown');
const macroName = fc.stringMatching(/^[a-z_]{1,12}$/);
const bytes = fc.uint8Array({ maxLength: 30 }).map((array) => Buffer.from(array));
const envelope = { address: text, parameters: fc.array(text, { maxLength: 3 }) };
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('negotiate'), version: uint32, actions: uint32, steps: uint32 }),
  fc.record({
    kind: fc.constant('macros'),
    step: steps,
    macros: fc.array(fc.tuple(macroName, text)).map((pairs) => new Map(pairs)),
  }),
  fc.record({
    kind: fc.constant('connect'),
    name: text,
    family: fc.constantFrom('unix', 'inet', 'inet6'),
    port: fc.nat(65_535),
    address: text,
  }),
  fc.record({ kind: fc.constant('mail'), ...envelope }),
  fc.record({ kind: fc.constant('rcpt'), ...envelope }),
  fc.record({ kind: fc.constant('helo'), name: text }),
  fc.record({ kind: fc.constant('header'), name: text, value: text }),
  fc.record({ kind: fc.constant('body'), bytes }),
  fc.record({ kind: fc.constant('eom'), bytes }),
  fc.record({ kind: fc.constant('unknown'), line: text }),
  fc.constantFrom<Command>({ kind: 'data' }, { kind: 'eoh' }, { kind: 'abort' }, { kind: 'quit' }, { kind: 'quit-nc' }),
);

/** The bytes, cut anywhere. */
function cut(whole: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(whole.subarray(at, at + size));
    at += size;
  }
  return [...pieces, whole.subarray(at)];
}

test('commands come back as they were sent, however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 8 }), fc.array(fc.nat(40)), (commands, sizes) => {
      expect(read(...cut(Buffer.concat(commands.map(encodeCommand)), sizes))).toEqual(commands);
    }),
  );
});

test('any bytes give the same commands however they are cut', () => {
  const almostPackets = fc.array(fc.oneof(bytes, command.map(encodeCommand)), { maxLength: 5 });
  fc.assert(
    fc.property(almostPackets, fc.array(fc.nat(40)), (parts, sizes) => {
      const whole = Buffer.concat(parts);
      expect(read(...cut(whole, sizes))).toEqual(read(whole));
    }),
  );
});
