import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { selfSigned } from '../test/certificates.ts';
import { checkCertificates } from './check-certificates.ts';
import { formatProblem } from './config/option-lines.ts';
import { readConfig } from './config/read-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-certificates-'));
selfSigned(directory, 'a');
selfSigned(directory, 'b');
afterAll(() => rmSync(directory, { recursive: true }));

const NOT_USED = 'peer_certificate and peer_key cannot be used: ';

test.for<[mode: string, certificate: string, key: string, errors: readonly string[]]>([
  ['require', 'a.pem', 'a.key', []],
  ['none', 'a.key', 'a.key', []],
  ['may', 'a.key', 'a.key', [`dd.conf:4: ${NOT_USED}`]],
  ['may', 'a.pem', 'b.key', [`dd.conf:4: ${NOT_USED}`]],
  ['may', 'none.pem', 'a.key', []],
])('peer_tls %s with %s and %s: %j', ([mode, certificate, key, errors]) => {
  const text = `peer_tls ${mode}\npeer_certificate ${certificate}\npeer_ca b.pem\npeer_key ${key}`;
  const read = readConfig(
    'dd.conf',
    () => text,
    (config, set) => checkCertificates(config, set, directory),
  );
  const found = read.errors.map(formatProblem);
  expect(found).toEqual(errors.map((error) => expect.stringContaining(error)));
});
