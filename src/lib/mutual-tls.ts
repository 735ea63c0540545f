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
  // Whoever ends its side before the handshake is gone; nothing else would close the socket then.
  socket.allowHalfOpen = false;
  // It listens nowhere: it is only given this socket.
  server.emit('connection', socket);
  const secure = await handshake;
  for (const either of [socket, secure]) either.allowHalfOpen = true;
  return trusted(secure, pinned);
}

/** The client's side; `host` is whom the server has to be, unless its certificate is pinned. */
export async function secureClient(socket: Socket, { context, pinned }: TlsIdentity, host: string): Promise<TLSSocket> {
  // The host is not connected to, but belongs to what makes a certificate authorized.
  const secure = tls().connect({ ...context, socket, host, rejectUnauthorized: false });
  const closed = once(secure, 'close').then(() => {
    throw new Error('closed during the TLS handshake');
  });
  closed.catch(() => {});
  await Promise.race([once(secure, 'secureConnect'), closed]);
  return trusted(secure, pinned);
}

function trusted(secure: TLSSocket, pinned: ReadonlySet<string>): TLSSocket {
  // Whoever waits for the socket is told; an error that comes when nobody does ends it all the same.
  secure.on('error', () => {});
  const { fingerprint256 } = secure.getPeerCertificate() as Partial<PeerCertificate>;
  const isPinned = fingerprint256 !== undefined && pinned.has(fingerprint256.replaceAll(':', ''));
  if (isPinned || (fingerprint256 !== undefined && secure.authorized)) return secure;
  secure.destroy();
  throw new Error(fingerprint256 === undefined ? 'no certificate' : String(secure.authorizationError));
}
