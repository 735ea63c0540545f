import { expect, test } from 'vitest';
import { configOf } from '../test/engine-bench.ts';
import { emptyPolicy } from './policy/rules.ts';
import { maintenanceSettings, resolverSettings, standingSettings } from './settings.ts';

test('a DNS question outlives the check that waits for it', () => {
  const config = configOf('resolver 192.0.2.53\ndns_timeout 2s');
  expect(standingSettings(config).lookupDeadline).toBe(2);
  expect(resolverSettings(config, () => [])).toEqual({ servers: [{ address: '192.0.2.53', port: 53 }], timeout: 4 });
});

test("without a resolver the system's are asked", () => {
  const servers = [{ address: '192.0.2.54', port: 53 }];
  expect(resolverSettings(configOf('reputation no'), () => servers).servers).toBe(servers);
});

test.for<[searched: string, days: number]>([
  ['60d', 14],
  ['10d', 10],
])(
  'where reports are searched back for %s, plain standings are kept for %i days after they expired',
  ([searched, days]) => {
    const { lifetimes } = maintenanceSettings(configOf(`search_duration ${searched}`), emptyPolicy());
    expect(lifetimes.plainStanding).toBe(days * 86_400);
  },
);

// ze-filter's figures for what does not fit: half, at least 6 hours, at most 24 hours; but the delay must fit in twice.
test.for<[options: string, hours: number]>([
  ['', 48],
  ['grey_max 6h', 24],
  ['retry 36h\ngrey_long 6h\ngrey_max 6h', 18],
  ['retry 4h\nreputation no\ngrey_default 1h', 6],
  ['grey_max 15h\nGREY_COMPAT_DOMAIN_CHECK yes', 60],
  ['grey_max 40h\nGREY_COMPAT_DOMAIN_CHECK no', 72],
  ['grey_default 16h\ngrey_max 1h', 32],
  ['reputation no\ngrey_default 1h', 24],
  ['reputation no\ngrey_default 15h\nGREY_COMPAT_DOMAIN_CHECK yes', 60],
])('%j: what does not fit is pending for %i hours', ([options, hours]) => {
  const { lifetimes } = maintenanceSettings(configOf(`retry 3d\n${options}`), emptyPolicy());
  expect(lifetimes.pendingShort).toBe(hours * 3600);
});
