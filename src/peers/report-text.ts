// A report as text: a line `field:value` for each of the fields below, all of them, in any order; others are ignored.
// origin, origin_id, domain, stored, e_from, e_to and mta_id may be empty.
import { parseAddress } from '../policy/address.ts';
import { identityDomain } from '../policy/identity.ts';
import type { IncomingReport, NumberedReport, StoredReport } from '../policy/report.ts';

/** The forms of the values. Digits, so that they are numbers; times of today have 10 of them, ids of ours 13. */
const NAME = /^[\w.-]+$/;
const NUMBER = /^\d{1,11}$/;
const ID = /^\d{1,15}$/;
const WORD = /^\S+$/;
const ANY = /^/;

const FORMS: ReadonlyMap<string, RegExp> = new Map([
  ['origin', NAME],
  ['origin_id', ID],
  ['reporter', NAME],
  ['time', NUMBER],
  ['stored', NUMBER],
  ['ip', WORD],
  ['domain', WORD],
  ['event', ANY],
  ['e_from', ANY],
  ['e_to', ANY],
  ['mta_id', WORD],
]);
const NAMES = [...FORMS.keys()];
const NEEDED = ['reporter', 'time', 'ip', 'event'];

export type ParsedReport =
  | {
      readonly kind: 'report';
      readonly report: IncomingReport;
      /** The name that it has for ever; undefined: this server is the first that has it. */
      readonly named: Pick<StoredReport, 'origin' | 'originId'> | undefined;
      /** When who sends it stored it; 0 when that is not told. */
      readonly stored: number;
    }
  | { readonly kind: 'bad'; readonly reason: string };

/** The report that the lines tell of, with its domain only if it is of a first attempt. Never throws. */
export function parseReport(lines: readonly string[]): ParsedReport {
  const fields = new Map<string, string>();
  for (const line of lines) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon <= 0) return { kind: 'bad', reason: 'bad row format' };
    fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const reason = problemOf(fields);
  if (reason !== undefined) return { kind: 'bad', reason };
  const ip = parseAddress(fields.get('ip') ?? '');
  if (ip === undefined) return { kind: 'bad', reason: 'format error in field ip' };
  const [origin = '', originId, stored] = [
    fields.get('origin'),
    ...['origin_id', 'stored'].map((name) => Number(fields.get(name))),
  ];
  const named = origin === '' || !originId ? undefined : { origin, originId };
  return { kind: 'report', report: reportFrom(fields, ip.text), named, stored: stored ?? 0 };
}

function problemOf(fields: ReadonlyMap<string, string>): string | undefined {
  const missing = NAMES.find((name) => !fields.has(name));
  if (missing !== undefined) return `missing field ${missing}`;
  const empty = NEEDED.find((name) => fields.get(name) === '');
  if (empty !== undefined) return `empty required field ${empty}`;
  const wrong = NAMES.find((name) => {
    const value = fields.get(name) ?? '';
    return value !== '' && FORMS.get(name)?.test(value) !== true;
  });
  return wrong && `format error in field ${wrong}`;
}

function reportFrom(fields: ReadonlyMap<string, string>, ip: string): IncomingReport {
  const text = (name: string): string => fields.get(name) ?? '';
  const optional = <K extends string>(key: K, name: string): { [P in K]?: string } =>
    text(name) === '' ? {} : ({ [key]: text(name) } as { [P in K]?: string });
  const domain = text('event') === 'check' ? identityDomain(text('domain')) : undefined;
  return {
    reporter: text('reporter'),
    time: Number(text('time')),
    ip,
    event: text('event'),
    ...optional('sender', 'e_from'),
    ...optional('recipient', 'e_to'),
    ...optional('mtaId', 'mta_id'),
    ...(domain === undefined ? {} : { domain }),
  };
}

/** The lines of a report that is new. */
export function formatReport(report: IncomingReport): readonly string[] {
  const values = valuesOf(report);
  return NAMES.map((name) => fieldLine(name, values[name]));
}

/** The lines of a stored report, with its local id, and the empty line that ends it. */
export function formatStored(report: NumberedReport): string {
  const { id, origin, originId, stored, domain } = report;
  const values = { ...valuesOf(report), origin, origin_id: originId, stored, domain };
  const lines = NAMES.map((name) => fieldLine(name, (values as Values)[name]));
  return `id:${id}\r\n${lines.join('\r\n')}\r\n\r\n`;
}

type Values = { readonly [field: string]: string | number | undefined };

function valuesOf({ reporter, time, ip, event, sender, recipient, mtaId }: IncomingReport): Values {
  return { reporter, time, ip, event, e_from: sender, e_to: recipient, mta_id: mtaId?.replaceAll(/\s/g, '') };
}

function fieldLine(name: string, value: string | number | undefined): string {
  return `${name}:${String(value ?? '').replaceAll(/[\r\n]+/g, ' ')}`;
}
