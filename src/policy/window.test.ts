import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Check, parseMailbox } from './check.ts';
import type { Standing, StandingClass } from './standing.ts';
import { type WindowRules, windowOf } from './window.ts';

const HOUR = 3600;
const RULES: WindowRules = {
  delays: { grey_min: 10, grey_short: 60, grey_default: 600, grey_long: 1800, grey_max: 6 * HOUR },
  retry: 48 * HOUR,
  nullSender: { delay: 1500, retry: 24 * HOUR },
  misfitsWait: true,
};
const CLASSES = ['white', 'grey_min', 'grey_short', 'grey_default', 'grey_long', 'grey_max', 'black'] as const;

function check(sender: string): Check {
  const client = { family: 4, text: '203.0.113.7' } as const;
  return { id: '1', client, sender: parseMailbox(sender), recipient: parseMailbox('b@example.org'), via: 'test' };
}

function standing(kind: StandingClass | undefined): Standing | undefined {
  const times = { computed: 0, answered: 0, expires: 1, reveal: undefined };
  return (
    kind && { ip: '203.0.113.7', identity: 'example.com', names: [], score: 0, class: kind, reasons: [], ...times }
  );
}

test.for<[kind: StandingClass | undefined, mail: number, misfit: number, bounce: number]>([
  [undefined, 600, 1200, 1500],
  ['white', 600, 1200, 1500],
  ['grey_min', 10, 900, 1500],
  ['grey_short', 60, 900, 1500],
  ['grey_default', 600, 1200, 1500],
  ['grey_long', 1800, 3600, 1800],
  ['grey_max', 6 * HOUR, 12 * HOUR, 6 * HOUR],
  ['black', 6 * HOUR, 12 * HOUR, 6 * HOUR],
])('%s: %i s, %i if the sender does not fit, %i for a bounce', ([kind, mail, misfit, bounce]) => {
  expect(windowOf(check('a@b.c'), { standing: standing(kind), misfit: false }, RULES)).toEqual({
    delay: mail,
    retry: 48 * HOUR,
  });
  expect(windowOf(check('a@b.c'), { standing: standing(kind), misfit: true }, RULES).delay).toBe(misfit);
  expect(
    windowOf(check('a@b.c'), { standing: standing(kind), misfit: true }, { ...RULES, misfitsWait: false }).delay,
  ).toBe(mail);
  for (const fits of [true, false])
    expect(windowOf(check('<>'), { standing: standing(kind), misfit: fits }, RULES)).toEqual({
      delay: bounce,
      retry: 24 * HOUR,
    });
});

test.for<[delay: number, misfit: number]>([
  [420, 900],
  [450, 900],
  [451, 902],
  [600, 1200],
])('a delay of %i s is %i if the sender does not fit', ([delay, misfit]) => {
  const rules = { ...RULES, delays: { ...RULES.delays, grey_default: delay } };
  expect(windowOf(check('a@b.c'), { standing: undefined, misfit: true }, rules).delay).toBe(misfit);
});

test.for<[retry: number, bounce: number]>([
  [7200, 3600],
  [3601, 1800],
  [3000, 1500],
  [2000, 1500],
])('a bounce with a window of %i s waits %i for a client whose mail waits 6 hours', ([retry, bounce]) => {
  const rules = { ...RULES, nullSender: { delay: 1500, retry } };
  expect(windowOf(check('<>'), { standing: standing('grey_max'), misfit: false }, rules)).toEqual({
    delay: bounce,
    retry,
  });
});

test('whatever the standing, a bounce can pass', () => {
  const seconds = fc.integer({ min: 2, max: 90 * 24 * HOUR });
  fc.assert(
    fc.property(seconds, seconds, fc.nat(), fc.constantFrom(...CLASSES), (grey, retry, least, kind) => {
      const delays = { grey_min: grey, grey_short: grey, grey_default: grey, grey_long: grey, grey_max: grey };
      const nullSender = { delay: least % retry, retry };
      const window = windowOf(
        check('<>'),
        { standing: standing(kind), misfit: false },
        { ...RULES, delays, nullSender },
      );
      expect(window.delay).toBeLessThan(window.retry);
      expect(window.delay).toBeGreaterThanOrEqual(nullSender.delay);
    }),
  );
});
