// The recorded configurations of the original ddgrey, by their numbers: whether it started, and what was in force. Where ours
// differs on purpose, the row says why.
import { expect, test } from 'vitest';
import type { Config } from './options.ts';
import { readConfig } from './read-config.ts';

interface Recorded {
  readonly id: string;
  readonly text: string;
  /** What the original had in force; `refused`: it did not start. */
  readonly recorded: Partial<Config> | 'refused';
  /** Ours, where it differs, and why. */
  readonly ours?: { readonly inForce: Partial<Config> | 'refused'; readonly why: string };
}

const STANDARD = { grey_default: 14_400 };

const CASES: readonly Recorded[] = [
  {
    id: 'c20',
    text: 'name mx1 # x',
    recorded: { name: 'x' },
    ours: { inForce: { name: 'mx1' }, why: '# starts a comment' },
  },
  { id: 'c21', text: 'name "mx1.example.org"', recorded: { name: 'mx1.example.org' } },
  { id: 'c22', text: 'name localhost.localdomain', recorded: 'refused' },
  {
    id: 'c23',
    text: 'user nosuchuser',
    recorded: 'refused',
    ours: { inForce: { user: 'nosuchuser' }, why: 'refused at the start, not by the reader' },
  },
  {
    id: 'c25',
    text: 'trusted nosuch.example.com',
    recorded: 'refused',
    ours: { inForce: STANDARD, why: 'names are looked up again and again, not only at the start' },
  },
  {
    id: 'c27',
    text: 'trusted 2001:db8::/32',
    recorded: 'refused',
    ours: { inForce: STANDARD, why: 'defect 22: IPv6' },
  },
  {
    id: 'c30',
    text: 'grey_default',
    recorded: STANDARD,
    ours: { inForce: 'refused', why: 'bad input gets a clear error' },
  },
  { id: 'c32', text: '# nothing', recorded: STANDARD },
  {
    id: 'c34',
    text: 'Grey_default 100',
    recorded: 'refused',
    ours: { inForce: { grey_default: 100 }, why: 'names in any case' },
  },
  {
    id: 'c36',
    text: 'grey_default "100',
    recorded: STANDARD,
    ours: { inForce: 'refused', why: 'defect 33: it acted as 0' },
  },
  { id: 'c38', text: 'port 17220\naccept 10.0.0.0/8', recorded: { port: 17_220 } },
  { id: 'c40', text: 'trusted 203.0.113.0-203.0.113.7', recorded: 'refused' },
  { id: 'e08', text: 'exim4_unknown none', recorded: { exim4_unknown: 'none' } },
  {
    id: 's093',
    text: 'rbls',
    recorded: { rbls: ['spamcop', 'sorbs', 'uce-2'] },
    ours: { inForce: 'refused', why: 'bad input gets a clear error; the lists are asked when there is no such line' },
  },
  {
    id: 's243',
    text: 'search_duration 86400',
    recorded: { search_duration: 86_400 },
    ours: { inForce: 'refused', why: 'retry would be as long, and a delay of grey_max could not pass (D21)' },
  },
  { id: 's091', text: 'rbls spamcop\nrbls uce-2', recorded: { rbls: ['spamcop', 'uce-2'] } },
  {
    id: 's244',
    text: 'grey_default 4 hours',
    recorded: { grey_default: 0 },
    ours: { inForce: STANDARD, why: 'defect 33: 4 hours are 14,400 seconds' },
  },
];

test.for(CASES)('$id: $text', ({ text, recorded, ours }) => {
  const { config, errors } = readConfig('ddgrey.conf', () => text);
  const expected = ours?.inForce ?? recorded;
  const looked =
    expected === 'refused' ? [] : Object.keys(expected).map((name) => [name, config[name as keyof Config]]);
  expect(errors.length > 0 ? 'refused' : Object.fromEntries(looked)).toEqual(expected);
});
