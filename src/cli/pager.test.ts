import { expect, test } from 'vitest';
import { pagerCommand } from './pager.ts';

test.for<[set: string | undefined, command: readonly string[]]>([
  [undefined, ['less', '-R', '-S']],
  ['less', ['less', '-R', '-S']],
  ['/usr/bin/less -F', ['/usr/bin/less', '-R', '-S', '-F']],
  ['more', ['more']],
  ['most -w "a b"', ['most', '-w', 'a b']],
  ['cat', []],
  ['/bin/cat', []],
  ['', []],
  [' ', []],
  ['""', []],
])('with $PAGER %j it is %j', ([set, command]) => {
  expect(pagerCommand(set)).toEqual(command);
});
