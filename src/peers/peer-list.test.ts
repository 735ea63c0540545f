import { expect, test } from 'vitest';
import { keptLog } from '../../test/kept-log.ts';
import { manualClock } from '../lib/clock.ts';
import { createCounters } from '../lib/counters.ts';
import { type Caller, localCaller } from './caller.ts';
import { PeerList } from './peer-list.ts';

const START = 1_700_000_000;
const NEWEST = 10;

function stage() {
  const [clock, counters] = [manualClock(START), createCounters()];
  const { log, logged } = keptLog();
  return { clock, counters, logged, peers: new PeerList({ clock, log, counters, newest: async () => NEWEST }) };
}

function caller(address: string, name = 'mx2'): Caller {
  return { ...localCaller(), address, name };
}

test('a reader has one row, when it is away and when it comes back', async () => {
  const { clock, counters, peers } = stage();
  const first = peers.addReader(caller('192.0.2.1'), () => 4);
  first.sent(3);
  clock.advance(60);
  first.gone('read ETIMEDOUT');
  const row = { peer: '192.0.2.1', name: 'mx2', direction: 'to', lastError: 'read ETIMEDOUT' };
  expect(await peers.states()).toEqual([{ ...row, state: 'away', since: START + 60, reports: 3, behind: 6 }]);
  clock.advance(60);
  peers.addReader(caller('192.0.2.1'), () => 9).sent(2);
  expect(await peers.states()).toEqual([{ ...row, state: 'connected', since: START + 120, reports: 5, behind: 1 }]);
  expect(counters.list()).toEqual([
    ['peer readers connected', 2],
    ['peer reports sent', 5],
  ]);
});

test('a connection that is dead does not hide the one that took its place', async () => {
  const { clock, peers } = stage();
  const dead = peers.addReader(caller('192.0.2.1'), () => 4);
  const alive = peers.addReader(caller('192.0.2.1'), () => 9);
  expect(await peers.states()).toMatchObject([{ state: 'connected', behind: 1 }]);
  clock.advance(60);
  dead.gone('read ETIMEDOUT');
  expect(await peers.states()).toMatchObject([{ state: 'connected', since: START, behind: 1 }]);
  alive.gone(undefined);
  expect(await peers.states()).toMatchObject([{ state: 'away', since: START + 60, behind: 1 }]);
});

test('what went wrong before it was connected stands there no more', async () => {
  const { peers } = stage();
  const source = peers.addSource('mx3:722');
  source.waiting('no answer in time');
  expect(await peers.states()).toMatchObject([{ state: 'waiting', lastError: 'no answer in time' }]);
  source.connected('mx3');
  expect(await peers.states()).toMatchObject([{ state: 'connected', lastError: undefined }]);
});

test('readers are told apart by address and name', async () => {
  const { peers } = stage();
  for (const one of [caller('192.0.2.1'), caller('192.0.2.1', ''), caller('192.0.2.2')]) peers.addReader(one, () => 0);
  expect(await peers.states()).toHaveLength(3);
});

test('of many that are away the latest are known, and all that are not', async () => {
  const { peers } = stage();
  peers.addSource('mx3:722');
  peers.addReader(caller('192.0.2.1', 'stays'), () => 0);
  for (let i = 0; i < 300; i += 1) peers.addReader(caller('192.0.2.1', `n${i}`), () => 0).gone(undefined);
  const names = (await peers.states()).map(({ name }) => name);
  expect(names).toEqual(['', 'stays', ...Array.from({ length: 100 }, (_, i) => `n${200 + i}`)]);
});

test('who begins to read again and again does not fill the log, and hides nobody else', () => {
  const { peers, logged } = stage();
  for (let i = 0; i < 500; i += 1) peers.addReader(caller('192.0.2.1', `n${i}`), () => 0).gone(undefined);
  peers.addReader(caller('192.0.2.2'), () => 0).gone('read ETIMEDOUT');
  expect(logged().length).toBeLessThan(30);
  expect(logged().slice(-2)).toEqual([
    'peer reads peer=192.0.2.2 name=mx2',
    'peer reads no more peer=192.0.2.2 name=mx2 sent=0 cause="read ETIMEDOUT"',
  ]);
});
