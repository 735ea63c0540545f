// Certificates for a test, made by openssl in a directory that the test removes: a CA, servers of it, and strangers.
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The paths of a certificate and its key. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

function openssl(...words: readonly string[]): void {
  execFileSync('openssl', words, { stdio: 'pipe' });
}

/** A certificate that vouches for itself, as a CA's does. */
export function selfSigned(directory: string, name: string): KeyPair {
  const pair = { certificate: join(directory, `${name}.pem`), key: join(directory, `${name}.key`) };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', pair.key];
  openssl('req', '-x509', ...key, '-subj', `/CN=${name}`, '-days', '3650', '-out', pair.certificate);
  return pair;
}

/** A certificate of the CA for a name or address (`DNS:mx1.example.org`, `IP:127.0.0.1`), good for `days`. */
export function signed(directory: string, ca: KeyPair, subject: string, days = 3650): KeyPair {
  const name = subject.replace(/^.*:/, '');
  const pair = { certificate: join(directory, `${name}-${days}.pem`), key: join(directory, `${name}-${days}.key`) };
  const [request, extensions] = [join(directory, 'request'), join(directory, 'extensions')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', pair.key];
  openssl('req', ...key, '-subj', `/CN=${name}`, '-out', request);
  writeFileSync(extensions, `subjectAltName=${subject}`);
  const by = ['-CA', ca.certificate, '-CAkey', ca.key, '-CAcreateserial', '-extfile', extensions];
  // A negative number of days is a certificate that has expired.
  openssl('x509', '-req', '-in', request, ...by, '-days', String(days), '-out', pair.certificate);
  return pair;
}

/** As peer_ca takes it. */
export function fingerprint({ certificate }: KeyPair): string {
  return `sha256:${new X509Certificate(readFileSync(certificate)).fingerprint256}`;
}
