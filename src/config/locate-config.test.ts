import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { locateConfig, otherPlaces } from './locate-config.ts';

test.for<[directory: string | undefined, file: string | undefined, inDirectory: string, configFile: string]>([
  [undefined, undefined, '/var/lib/ddgrey', '/etc/ddgrey/ddgrey.conf'],
  ['/srv/d', undefined, '/srv/d', '/srv/d/ddgrey.conf'],
  [undefined, '/srv/c.conf', '/var/lib/ddgrey', '/srv/c.conf'],
  ['/srv/d', '/srv/c.conf', '/srv/d', '/srv/c.conf'],
  ['d', 'c.conf', resolve('d'), resolve('c.conf')],
])('-D %s -c %s means directory %s and configuration %s', ([directory, file, inDirectory, configFile]) => {
  expect(locateConfig({ directory, config: file })).toEqual({ directory: inDirectory, configFile });
});

test('--dir is -D; where both are given, -D counts', () => {
  expect(locateConfig({ dir: '/a' })).toEqual(locateConfig({ directory: '/a' }));
  expect(locateConfig({ dir: '/a', directory: '/b' })).toEqual(locateConfig({ directory: '/b' }));
});

test('where the configuration could be is told to whoever named no place for it', () => {
  expect(otherPlaces(locateConfig({}).configFile)).toContain('-D DIR');
  expect(otherPlaces(locateConfig({ directory: '/srv/d' }).configFile)).toBe('');
});
