import { expect, test } from 'vitest';
import { addressOf, policyOf } from '../../test/engine-bench.ts';
import { accessRight, type HostNames, namesMatter, UNKNOWN_NAMES } from './access-right.ts';
import type { Policy } from './rules.ts';
import type { AccessRight } from './rule-values.ts';

function rightsOf(...lines: readonly string[]): Policy {
  return policyOf(lines.map((line) => `GreydAccess:${line}\n`).join(''));
}

const verified = (...names: readonly string[]): HostNames => ({ verified: names, claimed: [], complete: true });
const claimed = (...names: readonly string[]): HostNames => ({ verified: [], claimed: names, complete: true });

test.for<[client: string, name: string, right: AccessRight]>([
  ['10.1.2.3', '', 'ok-admin'],
  ['10.1.2.4', '', 'ok'],
  ['10.1.3.4', 'mx.example.com', 'refused'],
  ['192.0.2.1', 'mx.example.com', 'ok'],
  ['2001:db8:0:1::7', 'mx.example.com', 'ok-admin'],
  ['192.0.2.1', 'mx.example.net', 'refused'],
])('%s %s: %s', ([client, name, right]) => {
  const policy = rightsOf(
    '10.1.2.3 OK-ADMIN',
    '10.1.2 OK',
    '10.1.3.0/24 REJECT',
    'example.com ok',
    '2001:db8::/48 ok-Admin',
    '* no',
  );
  expect(accessRight(policy, addressOf(client), verified(name))).toBe(right);
});

const OPEN = ['* OK', 'bad.example NO', 'boss.example OK-ADMIN'];

test.for<[title: string, lines: readonly string[], names: HostNames, right: AccessRight | undefined]>([
  ['no lines', [], verified('mx.example.com'), undefined],
  ['no name', OPEN, verified(), 'ok'],
  ['a name that grants', OPEN, verified('mx.boss.example'), 'ok-admin'],
  ['a name that refuses', OPEN, verified('mx.bad.example'), 'refused'],
  ['of several names the least right', OPEN, verified('a.boss.example', 'b.bad.example'), 'refused'],
  ['a name without a line says nothing', OPEN, verified('a.boss.example', 'b.other.example'), 'ok-admin'],
  ['a name that is only claimed grants nothing', OPEN, claimed('mx.boss.example'), 'ok'],
  ['nor without `*`', ['boss.example OK'], claimed('mx.boss.example'), undefined],
  ['but it refuses', OPEN, claimed('mx.bad.example'), 'refused'],
  ['beside a verified one too', OPEN, { ...verified('a.boss.example'), claimed: ['b.bad.example'] }, 'refused'],
  ['unknown names: one could be refused', OPEN, UNKNOWN_NAMES, 'refused'],
  ['unknown names: one could have less', ['* OK-ADMIN', 'a.example OK'], UNKNOWN_NAMES, 'ok'],
  ['unknown names: none has less', ['* OK', 'a.example OK-ADMIN'], UNKNOWN_NAMES, 'ok'],
  ['unknown names: none has anything', ['a.example OK'], UNKNOWN_NAMES, undefined],
  ['unknown names, and no line about any', ['* OK-ADMIN'], UNKNOWN_NAMES, 'ok-admin'],
  ['unknown names, and the address has a line', [...OPEN, '192.0.2.1 OK-ADMIN'], UNKNOWN_NAMES, 'ok-admin'],
])('%s', ([, lines, names, right]) => {
  expect(accessRight(rightsOf(...lines), addressOf('192.0.2.1'), names)).toBe(right);
});

test.for<[lines: readonly string[], matter: boolean]>([
  [[], false],
  [['* OK', '10.1.2.3 OK'], false],
  [['example.com OK'], true],
  [['example.com OK', '192.0.2.0/24 OK'], false],
])('with %j names matter: %s', ([lines, matter]) => {
  expect(namesMatter(rightsOf(...lines), addressOf('192.0.2.1'))).toBe(matter);
});
