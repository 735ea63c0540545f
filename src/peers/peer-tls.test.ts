import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, expect, test, vi } from 'vitest';
import { fingerprint, type KeyPair, selfSigned, signed } from '../../test/certificates.ts';
import { startReplica } from '../../test/replica.ts';
import { readPeerTls, type PeerTls } from './peer-tls.ts';

const directory = mkdtempSync(join(tmpdir(), 'ddgrey-tls-'));
afterAll(() => rmSync(directory, { recursive: true }));

const CA = selfSigned(directory, 'ca');
const OTHER_CA = selfSigned(directory, 'other-ca');
const [SERVER, CLIENT] = [signed(directory, CA, 'IP:127.0.0.1'), signed(directory, CA, 'DNS:mx2.example.org')];
const ELSEWHERE = signed(directory, CA, 'IP:192.0.2.1');
const EXPIRED = signed(directory, CA, 'IP:127.0.0.1', -1);
const STRANGER = signed(directory, OTHER_CA, 'IP:127.0.0.2');
const ALONE = selfSigned(directory, 'alone');

function tls(
  mode: 'may' | 'require',
  { certificate, key }: KeyPair,
  ...trusted: readonly string[]
): PeerTls | undefined {
  return readPeerTls({ mode, certificate, key, trusted: trusted.length > 0 ? trusted : [CA.certificate] });
}

const SPAM = { reporter: 'test', time: 1_700_000_000, ip: '203.0.113.7', event: 'spam' };
const REQUIRED = tls('require', SERVER);

test.for<[what: string, server: PeerTls | undefined, client: PeerTls | undefined]>([
  ['both require it', REQUIRED, tls('require', CLIENT)],
  ['one may, the other requires it', REQUIRED, tls('may', CLIENT)],
  ['the client requires it', tls('may', SERVER), tls('require', CLIENT)],
  ['neither has it', undefined, undefined],
  ['the server has none', undefined, tls('may', CLIENT)],
  ['the client has none', tls('may', SERVER), undefined],
  ['pinned on both sides', tls('require', ALONE, fingerprint(CLIENT)), tls('require', CLIENT, fingerprint(ALONE))],
  ['a pinned one, expired', tls('require', EXPIRED), tls('require', CLIENT, fingerprint(EXPIRED))],
])('reports come over: %s', async ([, server, client]) => {
  await using source = await startReplica('mx1.example.org', { tls: server });
  await using reader = await startReplica('mx2.example.org', { tls: client });
  await source.bench.acceptReport(SPAM);
  reader.readFrom(source.port);
  await vi.waitFor(async () => expect(await reader.reports()).toHaveLength(1));
  await source.bench.acceptReport({ ...SPAM, event: 'relay' });
  await vi.waitFor(async () => expect(await reader.reports()).toHaveLength(2));
});

test.for<[what: string, server: PeerTls | undefined, client: PeerTls | undefined, cause: RegExp]>([
  ['the client has none', REQUIRED, undefined, /^refused: 500 encryption required$/],
  ['the server has none', undefined, tls('require', CLIENT), /^no TLS: unknown command$/],
  [
    'the server’s CA is another',
    tls('require', STRANGER, CA.certificate),
    tls('require', CLIENT),
    /UNABLE_TO|unable to/,
  ],
  [
    'the client’s CA is another',
    REQUIRED,
    tls('require', STRANGER, CA.certificate),
    /closed after the TLS handshake|ECONNRESET|disconnected/,
  ],
  ['the server’s has expired', tls('require', EXPIRED), tls('require', CLIENT), /CERT_HAS_EXPIRED/],
  [
    'the client’s has expired',
    REQUIRED,
    tls('require', EXPIRED),
    /closed after the TLS handshake|ECONNRESET|disconnected/,
  ],
  ['the server’s is for another host', tls('require', ELSEWHERE), tls('require', CLIENT), /ALTNAME_INVALID/],
  ['another one is pinned', REQUIRED, tls('require', CLIENT, fingerprint(ALONE)), /SELF_SIGNED|UNABLE_TO/],
])('no report comes over: %s', async ([, server, client, cause]) => {
  await using source = await startReplica('mx1.example.org', { tls: server });
  await using reader = await startReplica('mx2.example.org', { tls: client });
  await source.bench.acceptReport(SPAM);
  reader.readFrom(source.port);
  await vi.waitFor(async () => expect((await reader.peers.states())[0]?.lastError).toMatch(cause));
  expect(await reader.reports()).toEqual([]);
});

test('of a certificate that is not trusted is told what has to be known to mend that', async () => {
  await using source = await startReplica('mx1.example.org', { tls: REQUIRED });
  await using reader = await startReplica('mx2.example.org', { tls: tls('require', STRANGER, fingerprint(ALONE)) });
  reader.readFrom(source.port);
  const of = (pair: KeyPair, address: string): string =>
    `WHY; its certificate is for IP Address:${address}, from WHEN to WHEN, ${fingerprint(pair)}`;
  const told = (text = ''): string =>
    text.replaceAll(/\w{3} .\d [\d:]{8} \d{4} GMT/g, 'WHEN').replace(/[A-Z_]{9,}/, 'WHY');
  await vi.waitFor(async () => expect(told((await reader.peers.states())[0]?.lastError)).toBe(of(SERVER, '127.0.0.1')));
  await using trusting = await startReplica('mx3.example.org', { tls: tls('require', STRANGER) });
  // Of one client the log has one line a minute.
  await using other = await startReplica('mx4.example.org', { tls: REQUIRED });
  trusting.readFrom(other.port);
  const line = `tls refused via=peer client=127.0.0.1 cause="${of(STRANGER, '127.0.0.2')}"`;
  await vi.waitFor(() => expect(other.bench.logged().map(told)).toContain(line));
});

test('of a certificate with many names is told the beginning', async () => {
  const names = Array.from({ length: 50 }, (_, i) => `DNS:mx${i}.example.net`);
  const many = tls('require', signed(directory, OTHER_CA, names.join(',')), CA.certificate);
  await using source = await startReplica('mx1.example.org', { tls: many });
  await using reader = await startReplica('mx2.example.org', { tls: tls('require', CLIENT) });
  reader.readFrom(source.port);
  const told = new RegExp(` is for ${names.slice(0, 9).join(', ')}.*, from `);
  await vi.waitFor(async () => {
    const [said] = told.exec((await reader.peers.states())[0]?.lastError ?? '') ?? [];
    expect(said).toHaveLength(' is for , from '.length + 200);
  });
});

/** What the server says until the text comes, or the connection ends. */
async function hear(socket: Socket, until: string): Promise<string> {
  let heard = '';
  socket.on('error', () => {});
  for await (const bytes of socket.iterator({ destroyOnReturn: false })) {
    heard += String(bytes);
    if (heard.includes(until)) break;
  }
  return heard;
}

test('a client without a certificate is sent away', async () => {
  await using source = await startReplica('mx1.example.org', { tls: REQUIRED });
  const plain = connect(source.port, '127.0.0.1');
  plain.write('starttls\r\n');
  await hear(plain, '220');
  const secure = connectTls({ socket: plain, rejectUnauthorized: false });
  secure.write('helo x\r\nlist\r\n');
  expect(await hear(secure, 'document')).toBe('');
  expect(source.bench.logged()).toContain('tls refused via=peer client=127.0.0.1 cause="no certificate"');
});

test('a client that ends its side before the handshake is gone', async () => {
  await using source = await startReplica('mx1.example.org', { tls: REQUIRED });
  const plain = connect(source.port, '127.0.0.1');
  plain.write('starttls\r\n');
  await hear(plain, '220');
  plain.end();
  await once(plain.resume(), 'close');
  const line = 'tls refused via=peer client=127.0.0.1 cause="closed during the TLS handshake"';
  await vi.waitFor(() => expect(source.bench.logged()).toContain(line));
});

test('a client that ends its side behind its question is answered', async () => {
  await using source = await startReplica('mx1.example.org', { tls: REQUIRED });
  await source.bench.acceptReport(SPAM);
  const plain = connect(source.port, '127.0.0.1');
  plain.write('starttls\r\n');
  await hear(plain, '220');
  const { context } = tls('may', CLIENT)?.identity ?? {};
  const secure = connectTls({ socket: plain, rejectUnauthorized: false, ...context });
  secure.end('helo mx2.example.org\r\nlist\r\n');
  expect(await hear(secure, '\r\n.\r\n')).toMatch(/\tmx1\.example\.org\t.*\r\n\.\r\n$/);
});

test.for(['list\r\n', 'helo evil\r\nsubscribe 0 all\r\n'])(
  'plain text behind starttls (%j) is thrown away, and so is who the client was before',
  async (injected) => {
    await using source = await startReplica('mx1.example.org', { tls: tls('may', SERVER) });
    await source.bench.acceptReport(SPAM);
    const plain = connect(source.port, '127.0.0.1');
    plain.write(`helo mx1.example.org\r\nstarttls\r\n${injected}`);
    expect(await hear(plain, '220')).toBe('200 welcome. I am mx1.example.org\r\n220 ready for TLS\r\n');
    const { context } = tls('may', CLIENT)?.identity ?? {};
    const secure = connectTls({
      socket: plain,
      rejectUnauthorized: false,
      ...context,
    });
    // The name is forgotten: else this server's own reports would be left out.
    secure.write('starttls\r\nsubscribe 0\r\n');
    const heard = await hear(secure, 'mta_id');
    expect(heard).toMatch(/^500 unknown command\r\n302 .*\r\nid:1\r\norigin:mx1.example.org\r\n/);
    expect(secure.getProtocol()).toBe('TLSv1.3');
    secure.destroy();
  },
);

test('TLS before 1.3 is refused', async () => {
  await using source = await startReplica('mx1.example.org', { tls: REQUIRED });
  const plain = connect(source.port, '127.0.0.1');
  plain.write('starttls\r\n');
  await hear(plain, '220');
  const secure = connectTls({ socket: plain, rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
  expect(await hear(secure, 'x').catch(() => '')).toBe('');
  await vi.waitFor(() => expect(source.bench.logged().join('\n')).toMatch(/^tls refused .*unsupported protocol/m));
});

test('renewed files count once they are read again, and broken ones never', async () => {
  const renewed = { certificate: join(directory, 'renewed.pem'), key: join(directory, 'renewed.key') };
  const put = ({ certificate, key }: KeyPair): void => {
    copyFileSync(certificate, renewed.certificate);
    copyFileSync(key, renewed.key);
  };
  put(EXPIRED);
  const server = tls('require', renewed);
  await using source = await startReplica('mx1.example.org', { tls: server });
  await using reader = await startReplica('mx2.example.org', { tls: tls('require', CLIENT) });
  await source.bench.acceptReport(SPAM);
  reader.readFrom(source.port);
  await vi.waitFor(async () => expect((await reader.peers.states())[0]?.lastError).toMatch('CERT_HAS_EXPIRED'));
  put(SERVER);
  server?.renew();
  writeFileSync(renewed.key, 'half of a fil');
  expect(() => server?.renew()).toThrow('peer_certificate and peer_key cannot be used: ');
  await vi.waitFor(async () => expect(await reader.reports()).toHaveLength(1));
});

test.for<[files: Partial<Parameters<typeof readPeerTls>[0]>, message: string]>([
  [{ key: '/nonexistent' }, 'peer_key: cannot read /nonexistent: no such file'],
  [{ trusted: ['/nonexistent'] }, 'peer_ca: cannot read /nonexistent: no such file'],
  [{ trusted: [CA.key] }, `peer_ca: ${CA.key} has no certificate in the form of PEM`],
  [{ trusted: ['/dev/null'] }, 'peer_ca: /dev/null has no certificate in the form of PEM'],
  [{ key: ALONE.key }, 'peer_certificate and peer_key cannot be used: '],
])('%j is an error: %s', ([files, message]) => {
  const right = { mode: 'require', ...SERVER, trusted: [CA.certificate] } as const;
  expect(() => readPeerTls({ ...right, ...files })).toThrow(message);
  expect(readPeerTls({ ...right, ...files, mode: 'none' })).toBeUndefined();
});
