import { expect, test } from 'vitest';
import { configOf } from '../test/engine-bench.ts';
import { resolverSettings, standingSettings } from './settings.ts';

test('a DNS question outlives the check that waits for it', () => {
  const config = configOf('resolver 192.0.2.53\ndns_timeout 2s');
  expect(standingSettings(config).lookupDeadline).toBe(2);
  expect(resolverSettings(config)).toEqual({ servers: [{ address: '192.0.2.53', port: 53 }], timeout: 4 });
});
