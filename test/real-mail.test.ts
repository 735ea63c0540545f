// Mail as real servers send it, and the recommended configuration: how long it takes, and that none is lost.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Bench, checkOf, engineBench, T0 } from './engine-bench.ts';

const CONFIG = readFileSync('conf/ddgrey.conf', 'utf8');
const HOUR = 3600;

/** Three hosts of one domain, in three networks; the fourth has no name. */
const POOL = ['203.0.113.7', '198.51.100.8', '2001:db8::9'];
const NAMELESS = ['192.0.2.10'];
const DNS = {
  ptr: Object.fromEntries(POOL.map((ip, at) => [ip, [`mx${at}.example.com`]])),
  a: { 'mx0.example.com': ['203.0.113.7'], 'mx1.example.com': ['198.51.100.8'] },
  aaaa: { 'mx2.example.com': ['2001:db8::9'] },
};

interface Mailing {
  /** The hosts, which take turns. */
  readonly hosts: readonly string[];
  readonly sender: string;
  readonly recipients: readonly string[];
  /** Seconds from the first attempt to each one after it. */
  readonly retries: readonly number[];
}

/** How many seconds each recipient's mail took; undefined: it was never taken. */
async function deliver({ answerCheck, clock }: Bench, mailing: Mailing): Promise<(number | undefined)[]> {
  const took = new Map<string, number>();
  let passed = 0;
  for (const [attempt, at] of [0, ...mailing.retries].entries()) {
    clock.advance(at - passed);
    passed = at;
    const host = mailing.hosts[attempt % mailing.hosts.length] ?? '';
    for (const recipient of mailing.recipients) {
      if (took.has(recipient)) continue;
      const verdict = await answerCheck(checkOf(host, mailing.sender, recipient));
      if (verdict.kind === 'white') took.set(recipient, at);
    }
  }
  return mailing.recipients.map((recipient) => took.get(recipient));
}

/** `5:02 12:37`: minutes and seconds. */
function times(text: string): readonly number[] {
  return text.split(' ').map((time) => {
    const [minutes, seconds] = time.split(':').map(Number);
    return (minutes ?? 0) * 60 + (seconds ?? 0);
  });
}

/** What was measured of large providers (Pagani et al., DSN 2016), and what mail servers do by default. */
const RETRIES = {
  'gmail.com': times('6:02 29:02 56:36 98:44 162:03 229:44 309:05 434:46'),
  'yahoo.co.uk': times('2:07 5:39 12:58 27:16 55:13 109:35 216:47 430:36'),
  'hotmail.com': times('1:01 2:03 3:04 5:06 8:07 12:08 16:10 20:10 24:10 28:10 32:10 36:10'),
  'qq.com': times('5:05 5:11 5:17 6:19 8:22 12:25 20:29 52:31 84:35 144:42 204:56'),
  'mail.ru': times('1:18 19:15 49:14 79:49 113:20 154:18'),
  'yandex.com': times('1:05 2:58 6:53 14:55 30:28 45:41 61:01'),
  'gmx.com': times('5:01 12:33 23:50 40:46 66:09 104:14'),
  'aol.com': times('5:32 11:32 21:32 31:32'),
  Postfix: times('5:00 10:00 20:00 40:00 80:00 150:00 220:00'),
  Exim: times('15:00 30:00 45:00 60:00 75:00 90:00 105:00 120:00 180:00'),
  qmail: times('6:40 26:40 60:00 106:40 166:40 240:00'),
  Sendmail: times('15:00 30:00 45:00 60:00 75:00'),
} as const;

test.for<[server: keyof typeof RETRIES, minutes: number, nameless: number]>([
  ['gmail.com', 6, 57],
  ['yahoo.co.uk', 6, 55],
  ['hotmail.com', 5, 32],
  ['qq.com', 5, 53],
  ['mail.ru', 19, 49],
  ['yandex.com', 7, 30],
  ['gmx.com', 5, 41],
  ['aol.com', 6, 32],
  ['Postfix', 5, 40],
  ['Exim', 15, 30],
  ['qmail', 7, 60],
  ['Sendmail', 15, 30],
])('the first mail of %s takes %i minutes, by hosts without a name %i', async ([server, minutes, nameless]) => {
  const mailing = { sender: 'ann@example.com', recipients: ['b@example.org'], retries: RETRIES[server] };
  const took = async (hosts: readonly string[]): Promise<number | undefined> => {
    const [seconds] = await deliver(await engineBench({ config: CONFIG, dns: DNS }), { ...mailing, hosts });
    return seconds && Math.round(seconds / 60);
  };
  expect([await took(POOL), await took(NAMELESS)]).toEqual([minutes, nameless]);
});

test('all members of a mailing list get their mail at the second attempt', async () => {
  const bench = await engineBench({ config: CONFIG, dns: DNS });
  const recipients = Array.from({ length: 500 }, (_, at) => `member${at}@example.org`);
  const sender = 'list-bounces@example.com';
  const took = await deliver(bench, { hosts: POOL.slice(0, 1), sender, recipients, retries: RETRIES.Postfix });
  expect(new Set(took)).toEqual(new Set([300]));
});

test('whether a user exists can be asked back by a server of which other mail waits', async () => {
  const bench = await engineBench({ config: CONFIG, dns: DNS });
  const hosts = POOL.slice(0, 1);
  const recipients = Array.from({ length: 40 }, (_, at) => `user${at}@example.org`);
  await deliver(bench, { hosts, sender: 'ann@example.com', recipients, retries: [] });
  const question = { hosts, sender: '', recipients: ['bob@example.org'], retries: RETRIES.Postfix };
  expect(await deliver(bench, question)).toEqual([40 * 60]);
});

test('a server that asks back for forged senders, and is told of none of them, loses no mail', async () => {
  const bench = await engineBench({ config: `${CONFIG}\nhard_trap trap@example.org`, dns: DNS });
  const host = POOL.slice(0, 1);
  const forged = ['trap', 'a1', 'b2', 'c3', 'd4'].map((user) => `${user}@example.org`);
  await deliver(bench, { hosts: host, sender: '', recipients: forged, retries: [] });
  for (const recipient of forged)
    await bench.acceptReport({
      reporter: 'exim4',
      time: T0,
      ip: host[0] ?? '',
      event: 'unknown',
      sender: '<>',
      recipient,
    });
  await bench.reported();
  const mailing = { hosts: host, sender: 'ann@example.com', recipients: ['b@example.org'], retries: RETRIES.Postfix };
  expect(await deliver(bench, mailing)).toEqual([300]);
});

test('who comes back once, half a day later, loses no mail', async () => {
  const bench = await engineBench({ config: CONFIG, dns: DNS });
  const mailing = { sender: 'ann@example.com', recipients: ['b@example.org'], retries: [12 * HOUR] };
  expect(await deliver(bench, { ...mailing, hosts: POOL })).toEqual([12 * HOUR]);
});
