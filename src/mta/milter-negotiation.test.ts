import { expect, test } from 'vitest';
import { awaitsAnswer, negotiate, type Needs, STEPS } from './milter-negotiation.ts';

const NOTHING: Needs = { data: false, headers: false, changesHeaders: false, refusedRecipients: false, macros: {} };
const ALL: Needs = {
  data: true,
  headers: true,
  changesHeaders: true,
  refusedRecipients: true,
  macros: { mail: ['i'], rcpt: ['i', 'rcpt_mailer'], eom: [] },
};

/** What Postfix 3.7 and Sendmail 8.17 offer, and what the versions before 8.14 did. */
const NOW = { version: 6, actions: 0x1ff, steps: 0x1fffff };
const OLD = { version: 2, actions: 0x3f, steps: 0x7f };

test.for<[offer: typeof NOW, needs: Needs, agreed: string | undefined]>([
  // version, actions, steps
  [NOW, NOTHING, '6 100 7370'],
  [NOW, ALL, '6 111 179d0'],
  [NOW, { ...NOTHING, data: true }, '6 100 17170'],
  [NOW, { ...NOTHING, headers: true }, '6 100 73d0'],
  [NOW, { ...NOTHING, changesHeaders: true }, '6 111 7370'],
  [OLD, NOTHING, '2 0 70'],
  [OLD, ALL, '2 11 50'],
  [{ ...NOW, version: 7 }, NOTHING, '6 100 7370'],
  [{ ...NOW, version: 4 }, NOTHING, '4 100 7370'],
  [{ ...NOW, actions: 0, steps: 0 }, ALL, '6 0 0'],
  [{ ...NOW, steps: 0xffff_ffff }, NOTHING, '6 100 7370'],
  [{ ...NOW, version: 1 }, ALL, undefined],
  [{ ...NOW, version: 0 }, ALL, undefined],
])('%j %j', ([offer, needs, agreed]) => {
  const agreement = negotiate(offer, needs);
  expect(agreement && `${agreement.version} ${agreement.actions.toString(16)} ${agreement.steps.toString(16)}`).toBe(
    agreed,
  );
});

test('macros are asked for where that can be done, and only those that are needed', () => {
  expect(negotiate(NOW, ALL)?.macros).toEqual([
    [2, ['i']],
    [3, ['i', 'rcpt_mailer']],
  ]);
  expect(negotiate(OLD, ALL)?.macros).toEqual([]);
  expect(negotiate(NOW, NOTHING)?.macros).toEqual([]);
});

test('a recipient always waits for its answer, the rest only if the MTA insists', () => {
  const steps = negotiate(NOW, ALL)?.steps ?? 0;
  const waiting = (bits: number): string[] =>
    (['connect', 'helo', 'mail', 'rcpt', 'data', 'header', 'eom'] as const).filter((step) => awaitsAnswer(step, bits));
  expect(waiting(steps)).toEqual(['rcpt', 'eom']);
  expect(waiting(0)).toEqual(['connect', 'helo', 'mail', 'rcpt', 'data', 'header', 'eom']);
  expect(waiting(STEPS.muteHelo)).not.toContain('helo');
});
