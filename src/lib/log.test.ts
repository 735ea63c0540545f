import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createLog, type Log, type LogFields, type LogSettings, quoteValue, silentLog } from './log.ts';

const TIME = '2023-11-14T22:13:20.000Z';

function recordedLog(settings: LogSettings, delay?: number): { log: Log; written: string[] } {
  const written: string[] = [];
  return {
    log: createLog(settings, (text) => written.push(text), {
      now: () => Date.parse(TIME),
      ...(delay === undefined ? {} : { delay }),
    }),
    written,
  };
}

function lineOf(format: LogSettings['format'], fields: LogFields): string {
  const { log, written } = recordedLog({ level: 0, format });
  log.event(0, 'check', fields);
  log.flush();
  return written.join('');
}

test.for<[fields: LogFields, text: string]>([
  [{}, 'check'],
  [{ ip: '2001:db8::1', wait: 5, ok: true, name: undefined }, 'check ip=2001:db8::1 wait=5 ok=true'],
  [{ from: '<a@b.example>', to: '<>' }, 'check from=<a@b.example> to=<>'],
  [{ cause: 'two words' }, 'check cause="two words"'],
  [{ helo: '' }, 'check helo=""'],
  [{ helo: 'x verdict=white' }, 'check helo="x verdict=white"'],
  [{ helo: 'a"b\\c\n' }, String.raw`check helo="a\"b\\c\n"`],
  [{ helo: '\x1b[2J\x7f\x9b\u2028' }, String.raw`check helo="\u001b[2J\u007f\u009b\u2028"`],
  [{ helo: 'a\u202egpj.b\u2066' }, String.raw`check helo="a\u202egpj.b\u2066"`],
])('the fields %j are %s', ([fields, text]) => {
  expect(lineOf('text', fields)).toBe(`${TIME} ${text}\n`);
});

const fields = fc.record({
  first: fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\n', '\r', '\u2028', '\u0085', '\x7f', '\u202e', '" b=c'),
  ),
  second: fc.oneof(fc.integer(), fc.boolean(), fc.constant(undefined)),
});

test.for(['text', 'json'] as const)('an event is one printable line in %s, whatever the values', (format) => {
  fc.assert(
    fc.property(fields, (given) => {
      // Controls, and what else ends a line (Zl, Zp) or turns it around.
      expect(lineOf(format, given)).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+\n$/u);
    }),
    { numRuns: 1000 },
  );
});

test('no field takes the place of what is the line`s own', () => {
  // @ts-expect-error a field named time
  expect(lineOf('text', { time: 5 })).toContain('check time=5');
  // @ts-expect-error a field named event
  expect(lineOf('text', { event: 'spam' })).toContain('check event=spam');
});

test('a line in JSON parses back to its fields', () => {
  fc.assert(
    fc.property(fields, (given) => {
      const { second, ...rest } = given;
      const expected = second === undefined ? rest : given;
      expect(JSON.parse(lineOf('json', given))).toEqual({ time: TIME, event: 'check', ...expected });
    }),
  );
});

test('a text value ends where its quotes do, and is read back from them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const quoted = quoteValue(value);
      const plain = /^[^\s"=]+$/.test(quoted);
      expect(plain ? quoted : JSON.parse(quoted)).toBe(value);
    }),
  );
});

test('lines above the level are not written', () => {
  const { log, written } = recordedLog({ level: 1, format: 'text' });
  for (const level of [0, 1, 2, 3] as const) log.event(level, `level${level}`);
  log.flush();
  expect(written).toEqual([`${TIME} level0\n${TIME} level1\n`]);
  expect(([0, 1, 2, 3] as const).map((level) => log.on(level))).toEqual([true, true, false, false]);
});

test('other settings hold from the next line on', () => {
  const { log, written } = recordedLog({ level: 0, format: 'text' });
  log.event(0, 'one');
  log.event(3, 'two');
  log.configure({ level: 3, format: 'json' });
  log.event(3, 'three');
  log.flush();
  expect(written.join('')).toBe(`${TIME} one\n{"time":"${TIME}","event":"three"}\n`);
});

test('the lines of one turn of the event loop are written at once', async () => {
  const { log, written } = recordedLog({ level: 0, format: 'text' });
  log.event(0, 'one');
  log.event(0, 'two');
  expect(written).toEqual([]);
  await new Promise(setImmediate);
  expect(written).toEqual([`${TIME} one\n${TIME} two\n`]);
  log.flush();
  expect(written).toHaveLength(1);
});

test('with a delay, lines of several turns are written at once', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { log, written } = recordedLog({ level: 0, format: 'text' }, 60_000);
  log.event(0, 'one');
  await new Promise(setImmediate);
  log.event(0, 'two');
  vi.advanceTimersByTime(59_999);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(written).toEqual([`${TIME} one\n${TIME} two\n`]);
  log.event(0, 'three');
  log.flush();
  expect(written).toEqual([`${TIME} one\n${TIME} two\n`, `${TIME} three\n`]);
  expect(vi.getTimerCount()).toBe(0);
});

test('many lines do not wait for more of them', () => {
  const { log, written } = recordedLog({ level: 0, format: 'text' }, 60_000);
  const cause = 'x'.repeat(1000);
  for (let line = 0; line < 40; line += 1) log.event(0, 'failed', { cause });
  expect(written.join('').length).toBeGreaterThan(32_000);
  log.flush();
  expect(written.join('')).toBe(`${TIME} failed cause=${cause}\n`.repeat(40));
});

test('each line has its own time', () => {
  const times = [0, 0, 1].values();
  const written: string[] = [];
  const log = createLog({ level: 0, format: 'text' }, (text) => written.push(text), {
    now: () => times.next().value ?? 0,
  });
  for (const event of ['a', 'b', 'c']) log.event(0, event);
  log.flush();
  expect(written.join('')).toBe('1970-01-01T00:00:00.000Z a\n1970-01-01T00:00:00.000Z b\n1970-01-01T00:00:00.001Z c\n');
});

test('the silent log says that nothing is written', () => {
  expect(silentLog.on(0)).toBe(false);
});
