import { expect, test } from 'vitest';
import { isHostName } from './host-name.ts';

test.for<[text: string, is: boolean]>([
  ['mx1', true],
  ['mail.example.org', true],
  ['3com.example', true],
  ['_dmarc.Example.ORG', true],
  ['xn--bcher-kva.example', true],
  [`${'a'.repeat(63)}.example`, true],
  [`${'a'.repeat(64)}.example`, false],
  ['a.'.repeat(126).concat('a'), true],
  ['a.'.repeat(127).concat('a'), false],
  ['192.0.2.256', false],
  ['203.0.113.0-203.0.113.7', false],
  ['203.0.113.0-7', false],
  ['10-20', true],
  ['10-20.example', true],
  ['12', false],
  ['example..org', false],
  ['example.org.', false],
  ['-a.example', false],
  ['a-.example', false],
  ['a b', false],
  ['user@example.org', false],
  ['', false],
])('%j: %j', ([text, is]) => {
  expect(isHostName(text)).toBe(is);
});
