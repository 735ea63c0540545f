import { expect, test } from 'vitest';
import type { Standing } from '../policy/standing.ts';
import { StandingCache } from './standing-cache.ts';

function standing(ip: string): Standing {
  const times = { computed: 0, answered: 0, expires: 1, reveal: undefined };
  return { ip, identity: 'example.com', names: [], score: 0, class: 'grey_default', reasons: [], ...times };
}

test('of the clients of a domain the 64 latest are known', () => {
  const cache = new StandingCache();
  const addresses = Array.from({ length: 65 }, (_, at) => `203.0.113.${at}`);
  for (const ip of ['203.0.113.0', '203.0.113.1', '203.0.113.0', ...addresses.slice(2)]) cache.set(standing(ip));
  expect([...cache.membersOf('example.com')]).toEqual(['203.0.113.0', ...addresses.slice(2)]);
  expect(cache.get('203.0.113.1')).toBeDefined();
});
