import { expect, test } from 'vitest';
import { asciiName } from './ascii-name.ts';

test.for<[name: string, ascii: string]>([
  ['Münch_en.Example', 'xn--mnch_en-n2a.example'],
  ['München.example', 'xn--mnchen-3ya.example'],
  ['Example.COM', 'Example.COM'],
  ['xn--mnchen-3ya.example', 'xn--mnchen-3ya.example'],
  ['ü b', 'ü b'],
  ['', ''],
])('%s is %s', ([name, ascii]) => {
  expect(asciiName(name)).toBe(ascii);
});
