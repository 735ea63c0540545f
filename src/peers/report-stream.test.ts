import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineReader } from '../lib/line-reader.ts';
import type { StoredReport } from '../policy/report.ts';
import { REPORT } from './fake-sync-parts.ts';
import { ReportStream } from './report-stream.ts';
import { formatStored, type ParsedReport } from './report-text.ts';

const name = fc.stringMatching(/^[a-z.-]{1,9}$/);
const field = fc.string().filter((text) => text !== '' && !/[\r\n]/.test(text));
const report: fc.Arbitrary<StoredReport & { id: number }> = fc.record(
  {
    id: fc.nat(),
    origin: name,
    originId: fc.integer({ min: 1, max: 99_999_999 }),
    reporter: name,
    time: fc.nat(),
    stored: fc.nat(),
    ip: fc.constantFrom('203.0.113.7', '2001:db8::1'),
    event: name,
    sender: field,
    recipient: field,
    mtaId: fc.stringMatching(/^[^\s]{1,9}$/),
  },
  { requiredKeys: ['id', 'origin', 'originId', 'reporter', 'time', 'stored', 'ip', 'event'] },
);

/** What is read from the bytes, cut into pieces of these sizes. */
function read(bytes: Buffer, sizes: readonly number[]): readonly ParsedReport[] {
  const reader = createLineReader(100_000);
  const stream = new ReportStream();
  const all: ParsedReport[] = [];
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes.length === 0 ? bytes.length : (sizes[i % sizes.length] ?? 1);
    all.push(...stream.read(reader.read(bytes.subarray(at, at + size))));
    at += size;
  }
  return all;
}

test('what is sent is what arrives, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(report, { maxLength: 5 }), fc.array(fc.integer({ min: 1, max: 99 })), (reports, sizes) => {
      const arrived = read(Buffer.from(reports.map(formatStored).join('')), sizes);
      const expected = reports.map(({ id: _id, origin, originId, stored, ...told }) => ({
        kind: 'report',
        report: told,
        named: { origin, originId },
        stored,
      }));
      expect(arrived).toEqual(expected);
    }),
  );
});

test('no bytes make it fail otherwise than by too many lines, and their pieces change nothing', () => {
  const piece = fc.oneof(
    fc.constantFrom('\r\n', '\n', '\n\n', 'origin:', 'ip:1.2.3.4', 'time:', ':', '.', '\0'),
    fc.string(),
  );
  const bytes = fc.array(piece, { maxLength: 60 }).map((all) => Buffer.from(all.join('')));
  fc.assert(
    fc.property(bytes, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (input, sizes) => {
      expect(read(input, sizes)).toEqual(read(input, []));
    }),
  );
});

test('any number of reports may come, with more empty lines between them', () => {
  const stream = new ReportStream();
  const lines = `${formatStored({ ...REPORT, id: 1 })}\r\n`.split('\r\n');
  for (let n = 0; n < 100; n += 1) expect(stream.read(lines)).toMatchObject([{ kind: 'report' }]);
});

test('a report of too many lines is an error', () => {
  const stream = new ReportStream();
  expect(stream.read(Array(100).fill('a:b'))).toEqual([]);
  expect(() => stream.read(['a:b'])).toThrow('too many lines');
});
