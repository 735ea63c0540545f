// TLS between servers, as the configuration has it: our certificate, and whose certificates are trusted.
import { readFileSync } from 'node:fs';
import { isFingerprint, parseFingerprint } from '../lib/fingerprint.ts';
import { type TlsIdentity, tls } from '../lib/mutual-tls.ts';
import { readProblem } from '../lib/read-problem.ts';

/** How connections of the network are made safe. */
export interface PeerTls {
  readonly identity: TlsIdentity;
  /** Whether anything is done without. */
  readonly required: boolean;
}

export interface PeerTlsFiles {
  readonly mode: 'none' | 'may' | 'require';
  /** Paths of PEM files. */
  readonly certificate: string;
  readonly key: string;
  /** Paths of PEM files of CAs, or `sha256:` and the fingerprint of a certificate. */
  readonly trusted: readonly string[];
}

/** Reads the files; undefined: no TLS. Throws, in words for an administrator, if that can't be done. */
export function readPeerTls({ mode, certificate, key, trusted }: PeerTlsFiles): PeerTls | undefined {
  if (mode === 'none') return undefined;
  const pinned = new Set(trusted.flatMap((text) => parseFingerprint(text) ?? []));
  const ca = trusted.filter((text) => !isFingerprint(text)).map((path) => read('peer_ca', path));
  const [cert, secret] = [read('peer_certificate', certificate), read('peer_key', key)];
  // An empty list too takes the place of the CAs of the web, of which none has a say here.
  const context = { cert, key: secret, ca, minVersion: 'TLSv1.3' as const };
  try {
    tls().createSecureContext(context);
    return { identity: { context, pinned }, required: mode === 'require' };
  } catch (error) {
    throw new Error(`peer_certificate and peer_key can not be used: ${(error as Error).message}`, { cause: error });
  }
}

function read(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${option}: cannot read ${path}: ${readProblem(error)}`, { cause: error });
  }
}
