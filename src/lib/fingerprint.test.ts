import { expect, test } from 'vitest';
import { isFingerprint, parseFingerprint } from './fingerprint.ts';

const HEX = 'ab'.repeat(32);

test.for([
  [`sha256:${HEX}`, true, HEX.toUpperCase()],
  [`SHA256:${'AB:'.repeat(31)}AB`, true, HEX.toUpperCase()],
  ['sha256:zz', true, undefined],
  [`sha256:${HEX}a`, true, undefined],
  ['ca.pem', false, undefined],
  [`certs/sha256:${HEX}`, false, undefined],
] as const)('%s', ([text, meant, parsed]) => {
  expect([isFingerprint(text), parseFingerprint(text)]).toEqual([meant, parsed]);
});
