import { expect, onTestFinished, test, vi } from 'vitest';
import { configOf } from '../test/engine-bench.ts';
import { InForce } from './in-force.ts';
import { milterSettings, readerSettings } from './settings.ts';

test('what takes a restart changes for no part before it', () => {
  const inForce = new InForce(configOf('name mx1.example.org\npeer mx2.example.org\nmilter_header yes'), () => false);
  inForce.configure(configOf('name mx9.example.org\npeer mx3.example.org\nmilter_header no'));
  expect(milterSettings(inForce.config)).toMatchObject({ host: 'mx1.example.org', header: false });
  expect(readerSettings(inForce.config).names).toEqual(['mx2.example.org']);
  expect(inForce.goesBy.options).toMatchObject({ name: 'mx1.example.org', milter_header: 'no' });
  expect(inForce.goesBy.fixed).toEqual(expect.arrayContaining(['name', 'peer']));
});

test('the port of other servers follows from who started the daemon, not from whom it became', () => {
  const user = vi.spyOn(process, 'getuid').mockReturnValue(0);
  onTestFinished(() => user.mockRestore());
  const inForce = new InForce(configOf(''), () => false);
  user.mockReturnValue(7);
  expect(inForce.goesBy.port).toBe(722);
});
