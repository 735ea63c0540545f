// TLS between two servers that both show a certificate: one of a CA that is named, or one that is known by itself.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { PeerCertificate, SecureContextOptions, TLSSocket } from 'node:tls';

export interface TlsIdentity {
  /** Our certificate and key, the CAs that we trust, the versions. */
  readonly context: SecureContextOptions;
  /** SHA-256 fingerprints of certificates that are trusted by themselves: hexadecimal, upper case, without colons. */
  readonly pinned: ReadonlySet<string>;
}

/** Characters of the names in a certificate that are told; it may have hundreds. */
const LONGEST_NAMES = 200;

/** Node's TLS, loaded when it is first needed: it takes 7 MiB, and most daemons have no peers. */
export function tls(): typeof import('node:tls') {
  return process.getBuiltinModule('node:tls');
}

/** The server's side. Resolves once the client has shown that it may be trusted; else closes, and rejects with the reason. */
export async function secureServer(socket: Socket, { context, pinned }: TlsIdentity): Promise<TLSSocket> {
  // Whom to trust is decided below, since a pinned certificate needs no CA.
  const server = tls().createServer({ ...context, requestCert: true, rejectUnauthorized: false });
  const handshake = new Promise<TLSSocket>((resolve, reject) => {
    server.once('secureConnection', resolve);
    server.once('tlsClientError', reject);
    socket.once('close', () => reject(new Error('closed during the TLS handshake')));
  });
  // A client that ends its side before the handshake is gone, and nothing else would close the socket.
  socket.allowHalfOpen = false;
  // This server listens nowhere: it is only given the socket.
  server.emit('connection', socket);
  const secure = await handshake;
  for (const either of [socket, secure]) either.allowHalfOpen = true;
  return trusted(secure, pinned);
}

/** The client's side; `host` is whom the server has to be, unless its certificate is pinned. */
export async function secureClient(socket: Socket, { context, pinned }: TlsIdentity, host: string): Promise<TLSSocket> {
  // The socket is connected already: the host is for the check of the certificate's names.
  const secure = tls().connect({ ...context, socket, host, rejectUnauthorized: false });
  const closed = once(secure, 'close').then(() => {
    throw new Error('closed during the TLS handshake');
  });
  await Promise.race([once(secure, 'secureConnect'), closed]);
  return trusted(secure, pinned);
}

function trusted(secure: TLSSocket, pinned: ReadonlySet<string>): TLSSocket {
  // Whoever waits for the socket gets its errors; one that comes while nobody waits must not end the process.
  secure.on('error', () => {});
  const certificate = secure.getPeerCertificate() as Partial<PeerCertificate>;
  const { fingerprint256: fingerprint } = certificate;
  if (fingerprint !== undefined && (secure.authorized || pinned.has(fingerprint.replaceAll(':', '')))) return secure;
  secure.destroy();
  const cause = `${String(secure.authorizationError)}; ${describe(certificate)}`;
  throw new Error(fingerprint === undefined ? 'no certificate' : cause);
}

/** The certificate, for an administrator who compares it with the one that was meant, and may then trust it. */
function describe({ subjectaltname, subject, valid_from, valid_to, fingerprint256 }: Partial<PeerCertificate>): string {
  const names = (subjectaltname ?? `CN=${String(subject?.CN)}`).slice(0, LONGEST_NAMES);
  return `its certificate is for ${names}, from ${valid_from} to ${valid_to}, sha256:${fingerprint256}`;
}
