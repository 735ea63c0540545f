import { expect, test } from 'vitest';
import { checkOf, engineBench } from '../../test/engine-bench.ts';
import type { Check } from '../policy/check.ts';
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
