// The cases are those of the original ddgrey (p21 to p50 and p78 to p80 of its record), as they are meant to be answered.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IncomingReport } from '../policy/report.ts';
import { formatReport, parseReport } from './report-text.ts';

const FIELDS = {
  origin: 'mx2.example.org',
  origin_id: '7',
  reporter: 'exim4',
  time: '1699999000',
  stored: '1699999000',
  ip: '203.0.113.10',
  domain: 'example.com',
  event: 'ok',
  e_from: 'a@example.com',
  e_to: 'b@example.org',
  mta_id: '1abc-0001-XY',
};
const REPORT: IncomingReport = {
  reporter: 'exim4',
  time: 1_699_999_000,
  ip: '203.0.113.10',
  event: 'ok',
  sender: 'a@example.com',
  recipient: 'b@example.org',
  mtaId: '1abc-0001-XY',
};

function lines(changed: { [field: string]: string | undefined } = {}): string[] {
  const fields = Object.entries<string | undefined>({ ...FIELDS, ...changed });
  return fields.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}:${value}`);
}

function outcome(text: readonly string[]): unknown {
  const parsed = parseReport(text);
  return parsed.kind === 'bad' ? parsed.reason : parsed.report;
}

test.for<[id: string, changed: { [field: string]: string }, report: Partial<IncomingReport>]>([
  ['a whole one', {}, {}],
  ['p21 no domain', { domain: '' }, {}],
  ['p23 no origin_id', { origin_id: '' }, {}],
  ['p25 unknown fields', { id: '77', foo: 'bar' }, {}],
  ['p47 any event', { event: 'what ever åäö' }, { event: 'what ever åäö' }],
  ['an id of ours, milliseconds since 1970', { origin_id: '1700000000000' }, {}],
  ['UTF-8', { e_from: 'å@example.com' }, { sender: 'å@example.com' }],
  ['a colon in a value', { e_from: 'a:b' }, { sender: 'a:b' }],
  ['a bounce', { e_from: '<>' }, { sender: '<>' }],
])('%s is taken', ([, changed, report]) => {
  expect(outcome(lines(changed))).toEqual({ ...REPORT, ...report });
});

test.for<[what: string, changed: { [field: string]: string }, domain: string | undefined]>([
  ['a first attempt', { event: 'check' }, 'example.com'],
  ['what is told with its host', { event: 'check', domain: 'MX1.Example.com' }, 'example.com'],
  ['an address', { event: 'check', domain: '203.0.113.10' }, undefined],
  ['nothing', { event: 'check', domain: '' }, undefined],
  ['what nobody can have', { event: 'check', domain: 'co.uk' }, undefined],
  ['anything else', { event: 'spam' }, undefined],
])('the domain of %s is taken as told', ([, changed, domain]) => {
  expect(outcome(lines(changed))).toEqual({ ...REPORT, ...changed, domain });
});

test('p45: blank lines are skipped', () => {
  expect(outcome([...lines(), '', '', 'foo:x'])).toEqual(REPORT);
});

test('values that may be empty are left out', () => {
  const { reporter, time, ip, event } = REPORT;
  const empty = { origin: '', origin_id: '', stored: '', domain: '', e_from: '', e_to: '', mta_id: '' };
  expect(outcome(lines(empty))).toEqual({ reporter, time, ip, event });
});

test.for<[id: string, changed: { [field: string]: string | undefined }, reason: string]>([
  ['p27', { reporter: '' }, 'empty required field reporter'],
  ['p28', { time: '' }, 'empty required field time'],
  ['p29', { ip: '' }, 'empty required field ip'],
  ['p30', { event: '' }, 'empty required field event'],
  ['p33', { time: '12x' }, 'format error in field time'],
  ['letters before the number', { time: 'x12' }, 'format error in field time'],
  ['a time that can not be', { time: '123456789012' }, 'format error in field time'],
  ['p35', { origin: 'a b' }, 'format error in field origin'],
  ['p36', { domain: 'a b' }, 'format error in field domain'],
  ['p37', { mta_id: 'a b' }, 'format error in field mta_id'],
  ['p39', { origin_id: 'x' }, 'format error in field origin_id'],
  ['an id that is no exact number here', { origin_id: '1000000000000000' }, 'format error in field origin_id'],
  ['p40', { stored: 'x' }, 'format error in field stored'],
  ['p43', { reporter: ' exim4' }, 'format error in field reporter'],
  ['p44', { mta_id: undefined }, 'missing field mta_id'],
  ['several missing: the first', { stored: undefined, origin: undefined }, 'missing field origin'],
])('%s: %j is refused: %s', ([, changed, reason]) => {
  expect(outcome(lines(changed))).toBe(reason);
});

test.for([['nocolon'], [':value'], [' ']])('p41: the row %j is refused', ([row = '']) => {
  expect(outcome([...lines(), row])).toBe('bad row format');
});

/** Where we differ from the record on purpose. */
test.for<[why: string, changed: { [field: string]: string }, ours: unknown]>([
  ['p31, defect 20: 0 is a value', { time: '0' }, { ...REPORT, time: 0 }],
  ['p32, defect 20', { mta_id: '0' }, { ...REPORT, mtaId: '0' }],
  ['p34, defect 22: IPv6', { ip: '2001:DB8::1' }, { ...REPORT, ip: '2001:db8::1' }],
  ['p48, defect 21: not an address', { ip: '1.2' }, 'format error in field ip'],
  ['p49, defect 21', { ip: '256.300.1.2' }, 'format error in field ip'],
  ['p78, defect 21', { ip: '...' }, 'format error in field ip'],
  ['p79, defect 5', { ip: `${'1'.repeat(64)}.2.3.4` }, 'format error in field ip'],
  ['defect 21: digits of other scripts', { time: '١٢' }, 'format error in field time'],
])('%s', ([, changed, ours]) => {
  expect(outcome(lines(changed))).toEqual(ours);
});

test('what is written is read back', () => {
  const text = fc.stringMatching(/^[^\r\n]+$/);
  const report = fc.record(
    {
      reporter: fc.constant('x.y'),
      time: fc.nat(),
      ip: fc.constantFrom('203.0.113.7', '2001:db8::1'),
      event: text,
      sender: text,
      recipient: text,
      mtaId: fc.stringMatching(/^\S+$/),
    },
    { requiredKeys: ['reporter', 'time', 'ip', 'event'] },
  );
  fc.assert(
    fc.property(report, (given) => {
      expect(outcome(formatReport(given))).toEqual(given);
    }),
  );
});

test('a line end within a value does not end the line', () => {
  const written = formatReport({ ...REPORT, sender: 'a\r\n.\r\nb' });
  expect(written).toContain('e_from:a . b');
});

test('no lines make the parser fail', () => {
  const line = fc.oneof(fc.string(), fc.constantFrom(...lines(), 'ip:', 'time:x'));
  fc.assert(
    fc.property(fc.array(line), (text) => {
      expect(parseReport(text).kind).toMatch(/^(report|bad)$/);
    }),
  );
});
