import { expect, test } from 'vitest';
import { startFakeDaemon } from '../peers/fake-daemon.ts';
import { explainCommand } from './explain.ts';
import { printed } from './printed.ts';
import { NO_SCREEN } from './screen.ts';

test('explain asks the daemon, and records nothing', async () => {
  await using daemon = await startFakeDaemon();
  const words = ['203.0.113.7', '<>', 'b@example.org', 'name=mx.example.net'];
  const given = { location: daemon.location, words, flags: new Set<never>(), screen: NO_SCREEN };
  const { text, exitCode } = await printed(await explainCommand.run({ ...given, json: false }));
  expect(text).toMatch(/^203.0.113.7, <> to <b@example.org>\ngrey: /);
  expect(text).toMatch(/^client +belongs to mx.example.net$/m);
  expect(text).toMatch(/^reports +1 spam$/m);
  expect(exitCode).toBe(0);
  expect(daemon.parts.asked).toEqual([]);
  const { text: json } = await printed(await explainCommand.run({ ...given, json: true }));
  expect(JSON.parse(json)).toMatchObject({ verdict: { kind: 'grey' }, reports: [{ event: 'spam' }] });
});

test.for(['[203.0.113.7]', 'IPv6:::ffff:203.0.113.7'])('%s is explained as the address that it is', async (ip) => {
  await using daemon = await startFakeDaemon();
  const words = [ip, 'a@example.com', 'b@example.org'];
  const given = { location: daemon.location, words, flags: new Set<never>(), screen: NO_SCREEN };
  const { text } = await printed(await explainCommand.run({ ...given, json: false }));
  expect(text).toMatch(/^203.0.113.7, <a@example.com> to <b@example.org>\n/);
  expect(text).toMatch(/^reports .*\n.* spam \([^,]*\)$/m);
});
