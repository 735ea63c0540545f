// TLS between servers, as the configuration has it: our certificate, and whose certificates are trusted.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { causeOf } from '../lib/error-cause.ts';
import { isFingerprint, parseFingerprint } from '../lib/fingerprint.ts';
import { type TlsIdentity, tls } from '../lib/mutual-tls.ts';
import { readProblem } from '../lib/read-problem.ts';

/** How connections of the network are made safe. */
export interface PeerTls {
  readonly identity: TlsIdentity;
  /** Whether anything is done without. */
  readonly required: boolean;
  /** Reads the files again, for connections that begin later. Throws, as at the start, and keeps what it had. */
  renew(): void;
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
export function readPeerTls(files: PeerTlsFiles): PeerTls | undefined {
  if (files.mode === 'none') return undefined;
  let identity = readIdentity(files);
  return {
    get identity() {
      return identity;
    },
    required: files.mode === 'require',
    renew: () => {
      identity = readIdentity(files);
    },
  };
}

function readIdentity({ certificate, key, trusted }: PeerTlsFiles): TlsIdentity {
  const pinned = new Set(trusted.flatMap((text) => parseFingerprint(text) ?? []));
  const ca = trusted.filter((text) => !isFingerprint(text)).map(readCa);
  const [cert, secret] = [read('peer_certificate', certificate), read('peer_key', key)];
  // Also when it is empty, the list takes the place of the CAs of the web, of which none has a say here.
  const context = { cert, key: secret, ca, minVersion: 'TLSv1.3' as const };
  try {
    tls().createSecureContext(context);
    return { context, pinned };
  } catch (error) {
    throw new Error(`peer_certificate and peer_key cannot be used: ${causeOf(error)}`, { cause: error });
  }
}

/** Reads CAs. Checked here, since TLS takes any file without a word, and trusts nobody by one that has no certificate. */
function readCa(path: string): Buffer {
  const bytes = read('peer_ca', path);
  if (bytes.includes('-----BEGIN') && isCertificate(bytes)) return bytes;
  throw new Error(`peer_ca: ${path} has no certificate in the form of PEM`);
}

function isCertificate(bytes: Buffer): boolean {
  try {
    return new X509Certificate(bytes).raw.length > 0;
  } catch {
    return false;
  }
}

function read(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(`${option}: cannot read ${path}: ${readProblem(error)}`, { cause: error });
  }
}
