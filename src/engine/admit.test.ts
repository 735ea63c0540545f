import { expect, test } from 'vitest';
import { checkOf, engineBench, T0 } from '../../test/engine-bench.ts';
import type { Check } from '../policy/check.ts';
import type { StoredTuple } from '../policy/greylist.ts';
import { admit } from './admit.ts';

function check(sender = 'a@example.com', recipient = 'b@example.org'): Check {
  return checkOf('203.0.113.7', sender, recipient);
}

/** Of passes alone is to be known. */
const NO_TUPLE = { client: '', sender: '', recipient: '' };

test('a mail server that saw it pass makes a tuple valid, and notes the use of a pass; a bounce leaves nothing', async () => {
  const { answerCheck, checks, clock, store } = await engineBench({ config: 'reputation no\nGREY_IP_COMPONENT NET' });
  await answerCheck(check());
  await admit(checks, check());
  await admit(checks, check('a@example.com', 'new@example.org'));
  await admit(checks, check('<>'));
  expect(await store.count()).toEqual({ pending: 0, valid: 2 });
  expect(await answerCheck(check())).toEqual({ kind: 'white', reason: 'known' });
  const pass = { client: '203.0.113.7', domain: 'example.com', firstSeen: 0, lastSeen: clock.now() / 1000, uses: 5 };
  await store.addPass(pass);
  clock.advance(21_601);
  await admit(checks, check());
  const recalled = await store.recall({ tuples: [NO_TUPLE], client: check().client, passes: [pass], passesSince: 0 });
  expect(recalled.pass).toMatchObject({ uses: 6, lastSeen: pass.lastSeen + 21_601 });
});

interface Case {
  readonly name: string;
  readonly config?: string;
  /** Whether it was asked about from elsewhere in the network, or had passed there. */
  readonly before: 'pending' | 'valid';
  /** Seconds after that. */
  readonly at: number;
  readonly expected: Pick<StoredTuple, 'client' | 'senderText' | 'uses'> & { readonly firstSeen: number };
}

test.for<Case>([
  {
    name: 'what is pending becomes the entry of who passed',
    before: 'pending',
    at: 10,
    expected: { client: '203.0.113.7', senderText: 'a@example.com', firstSeen: 10, uses: 1 },
  },
  {
    name: 'what is valid stays whose it was',
    before: 'valid',
    at: 10,
    expected: { client: '203.0.113.99', senderText: 'z@example.com', firstSeen: 0, uses: 1 },
  },
  {
    name: 'what is past its lifetime begins anew, though no refresh is due',
    config: 'GREY_VALIDLIST_LIFETIME 1h',
    before: 'valid',
    at: 3601,
    expected: { client: '203.0.113.7', senderText: 'a@example.com', firstSeen: 3601, uses: 1 },
  },
])('$name', async ({ config = '', before, at, expected }) => {
  const { answerCheck, checks, clock, store } = await engineBench({
    config: `reputation no\nGREY_IP_COMPONENT NET\n${config}`,
  });
  const neighbour = checkOf('203.0.113.99', 'z@example.com', 'b@example.org');
  await (before === 'valid' ? admit(checks, neighbour) : answerCheck(neighbour));
  clock.advance(at);
  await admit(checks, check());
  const entry = { ...expected, state: 'valid', firstSeen: T0 + expected.firstSeen };
  expect(await store.tuples({ text: undefined, limit: 9 })).toMatchObject([entry]);
  expect(await answerCheck(check())).toEqual({ kind: 'white', reason: 'known' });
});
