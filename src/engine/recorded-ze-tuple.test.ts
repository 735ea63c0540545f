// The keys that ze-filter's greyd was recorded to remember attempts under, and what ours are instead.
import { expect, test } from 'vitest';
import { createLineReader } from '../lib/line-reader.ts';
import { parseGreydRecipient, parseGreydSender } from '../mta/greyd-address.ts';
import { parseAddress } from '../policy/address.ts';
import { type Tuple, type TupleParts, tuplesOf } from '../policy/tuple.ts';
import { PART_DIFFERENCES, PARTS, type PartCase, type PartCases } from './recorded-ze-tuple.cases.ts';

type Where = keyof Tuple;
type Row = readonly [where: Where, text: string, parts: PartCase[1]];

function rowsOf(cases: Partial<PartCases>): readonly Row[] {
  return (['client', 'sender', 'recipient'] as const).flatMap((where) =>
    (cases[where] ?? []).map(([text, parts]): Row => [where, text, parts]),
  );
}

/** The octets as a line server reads them. */
function readAs(octets: string): string {
  return createLineReader(4096).read(Buffer.from(`${octets}\n`, 'latin1'))[0] ?? '';
}

/** The part that the text makes with each of the components. */
function partsOf(where: Where, text: string, components: readonly string[]): PartCase[1] {
  const client = parseAddress(where === 'client' ? text : '10.1.2.3');
  const mailbox = where === 'client' ? '<joe@example.com>' : readAs(text);
  const part = (component: string): string => {
    if (client === undefined) return 'no address';
    const parts = { client: 'NET', sender: 'NONE', recipient: 'NONE', [where]: component } as TupleParts;
    const mailboxes = { sender: parseGreydSender(mailbox), recipient: parseGreydRecipient(mailbox) };
    const check = { id: '1', client, ...mailboxes, via: 'test' };
    return tuplesOf(check, parts, undefined)[0]?.[where] ?? '';
  };
  return Object.fromEntries(components.map((component) => [component, part(component)]));
}

test.for(rowsOf(PARTS))('%s %j: as ze-filter did', ([where, text, parts]) => {
  expect(partsOf(where, text, Object.keys(parts))).toEqual(parts);
});

for (const [why, cases] of Object.entries(PART_DIFFERENCES)) {
  test.for(rowsOf(cases))(`%s %j: otherwise: ${why}`, ([where, text, parts]) => {
    expect(partsOf(where, text, Object.keys(parts))).toEqual(parts);
  });
}

// ze-filter kept the whole address and dropped the sender instead (D1).
test.for<Where>(['client', 'sender', 'recipient'])('%s NONE is empty, of a bounce too', (where) => {
  const texts = where === 'client' ? ['10.1.2.3', '2001:db8:1:2ff:3:4:5:6'] : ['<joe@example.com>', '<>'];
  for (const text of texts) expect(partsOf(where, text, ['NONE'])).toEqual({ NONE: '' });
});
