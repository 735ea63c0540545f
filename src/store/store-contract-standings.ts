// The promises of the port about standings.
import { expect, test } from 'vitest';
import { wholeList } from '../lib/whole-list.ts';
import { type Standing, STANDING_KINDS, type StandingKind } from '../policy/standing.ts';
import { DAY, LIFETIMES, T } from './contract-samples.ts';
import type { Store } from './store.ts';

const white: Standing = {
  ip: '203.0.113.7',
  identity: 'example.com',
  names: ['mx.example.com', 'mx1.example.net'],
  score: 35,
  class: 'white',
  reasons: [
    { points: 30, reason: '15 mails accepted' },
    { points: 5, reason: 'x"y' },
  ],
  computed: T,
  answered: T - 1,
  expires: T + 7 * DAY,
  reveal: undefined,
};

const of = (ip: string, identity = ip): Standing => ({ ...white, ip, identity });

/** Tests them on the store that is open at the time. */
export function standingContract(open: () => Store): void {
  const list = (text?: string, ...kinds: readonly StandingKind[]) =>
    wholeList(open().standings({ text, kinds: kinds.length === 0 ? STANDING_KINDS : kinds, now: T }));

  test('a standing is what was saved last', async () => {
    expect(await open().standing(white.ip)).toBeUndefined();
    await open().saveStanding(white);
    expect(await open().standing(white.ip)).toEqual(white);
    const black: Standing = { ...white, score: -530.5, class: 'black', reasons: [], reveal: T + 3 * DAY };
    await open().saveStanding(black);
    expect(await open().standing(white.ip)).toEqual(black);
    expect(await open().standing('203.0.113.8')).toBeUndefined();
  });

  test('listed by identity and address while they live', async () => {
    for (const ip of ['203.0.113.70', '203.0.113.7', '2001:db8::1', '9.0.0.1'])
      await open().saveStanding(of(ip, 'b.test'));
    await open().saveStanding(of('203.0.113.1', 'a.test'));
    await open().saveStanding({ ...of('203.0.113.2', 'a.test'), expires: T });
    await open().saveStanding({ ...of('203.0.113.3', 'c.test'), expires: T + 1 });
    const all = ['a.test 203.0.113.1', 'b.test 9.0.0.1', 'b.test 203.0.113.7', 'b.test 203.0.113.70'];
    const shown = (await list()).map(({ ip, identity }) => `${identity} ${ip}`);
    expect(shown).toEqual([...all, 'b.test 2001:db8::1', 'c.test 203.0.113.3']);
  });

  test('of the kinds that are asked for; all classes between white and black are grey', async () => {
    const classes = ['white', 'grey_min', 'grey_short', 'grey_default', 'grey_long', 'grey_max', 'black'] as const;
    for (const [at, kind] of classes.entries())
      await open().saveStanding({ ...of(`203.0.113.${at}`, 'a.test'), class: kind });
    expect((await list(undefined, 'black', 'white')).map((it) => it.class)).toEqual(['white', 'black']);
    expect((await list('a.test', 'grey')).map((it) => it.class)).toEqual(classes.slice(1, -1));
  });

  test('however many there are', async () => {
    const ips = Array.from({ length: 10_050 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
    await Promise.all(ips.map((ip) => open().saveStanding(of(ip, 'a.test'))));
    await open().saveStanding(of('9.0.0.1', 'b.test'));
    const shown = (await list()).map(({ ip }) => ip);
    expect(shown).toEqual([...ips, '9.0.0.1']);
  });

  const clients = [
    of('203.0.113.7', 'example.com'),
    of('203.0.114.1', 'mail.example.com'),
    of('198.51.100.1'),
    of('2001:db8::1'),
  ];
  const meant = [
    ['203.0.113.7', 'example.com'],
    ['203.0.113.8', ''],
    ['203.0.113.0/24', 'example.com'],
    ['203.0.112.0/22', 'example.com mail.example.com'],
    ['128.0.0.0/1', 'example.com mail.example.com 198.51.100.1'],
    ['0.0.0.0/0', 'example.com mail.example.com 198.51.100.1'],
    ['::/0', '2001:db8::1'],
    ['2001:DB8::/32', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['Example.COM', 'example.com mail.example.com'],
    ['mail.example.com', 'mail.example.com'],
    ['com', 'example.com mail.example.com'],
    ['xample.com', ''],
    ['ample.com', ''],
    ['100.1', ''],
    ['1', ''],
    ['%', ''],
    ['', ''],
    ['u123@example.com', ''],
  ] as const;

  test('the clients that a text means are shown, then removed', async () => {
    for (const [text, expected] of meant) {
      for (const standing of clients) await open().saveStanding(standing);
      const names = expected.split(' ').filter(Boolean);
      const found = (await list(text)).map(({ identity }) => identity);
      expect([text, ...found.toSorted()]).toEqual([text, ...names.toSorted()]);
      expect([text, await open().removeStandings(text)]).toEqual([text, names.length]);
      expect(await list(text)).toEqual([]);
      expect(await list()).toHaveLength(clients.length - names.length);
    }
  });

  test('what was saved just before is removed, expired or not', async () => {
    const saved = open().saveStanding(white);
    const expired = open().saveStanding({ ...of('203.0.113.8'), expires: T - 1 });
    expect(await open().removeStandings('203.0.113.0/24')).toBe(2);
    await Promise.all([saved, expired]);
    expect(await open().standing(white.ip)).toBeUndefined();
  });

  test.for<[what: string, standing: Standing, lifetime: number]>([
    ['of a host of a domain', white, LIFETIMES.report],
    ['of who stands for itself', of('203.0.113.8'), LIFETIMES.plainStanding],
    ['that a blacklisting may go on from', { ...of('203.0.113.8'), reveal: T }, LIFETIMES.report],
  ])('one %s is kept for a time after it expired', async ([, standing, lifetime]) => {
    await open().saveStanding(standing);
    const end = standing.expires + lifetime;
    expect(await open().expire(LIFETIMES, end, 9)).toBe(0);
    expect(await open().standing(standing.ip)).toEqual(standing);
    expect(await open().expire(LIFETIMES, end + 1, 9)).toBe(1);
    expect(await open().standing(standing.ip)).toBeUndefined();
  });

  test('removed in steps, plain ones first, and of each sort the oldest', async () => {
    const saved = [
      ['203.0.113.1', 'a.test', T - 9],
      ['203.0.113.2', '203.0.113.2', T - 2],
      ['203.0.113.3', '203.0.113.3', T - 3],
      ['203.0.113.4', 'b.test', T - 10],
    ] as const;
    for (const [ip, identity, expires] of saved) await open().saveStanding({ ...of(ip, identity), expires });
    const left = async (): Promise<readonly boolean[]> =>
      Promise.all(saved.map(async ([ip]) => (await open().standing(ip)) !== undefined));
    const later = T + LIFETIMES.report;
    expect([await open().expire(LIFETIMES, later, 1), await left()]).toEqual([1, [true, true, false, true]]);
    expect([await open().expire(LIFETIMES, later, 2), await left()]).toEqual([2, [true, false, false, false]]);
    expect([await open().expire(LIFETIMES, later, 2), await left()]).toEqual([1, [false, false, false, false]]);
  });

  test('they go in the order in which they expired', async () => {
    await open().saveStanding({ ...of('203.0.113.7'), expires: T + 1 });
    await open().saveStanding({ ...of('203.0.113.8'), expires: T });
    expect(await open().expire(LIFETIMES, T + 2 + LIFETIMES.report, 1)).toBe(1);
    expect(await open().standing('203.0.113.7')).toBeDefined();
  });
}
