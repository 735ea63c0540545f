// A password server as saslauthd is one (saslauthd(8)), for mail servers that let clients authenticate. A request is four
// strings (user, password, service, realm), each after its length in 16 bits; so is the answer: OK or NO.
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** The only password that it takes; of any user. */
export const PASSWORD = 'correct horse';

/** The lines of a mail server's SASL configuration that lead to the password server in that directory. */
export const SASL_CONFIG = (directory: string): readonly string[] => [
  'pwcheck_method: saslauthd',
  `saslauthd_path: ${directory}/passwords.socket`,
  'mech_list: PLAIN',
];

/** Starts it, open to every user of this machine. */
export async function startPasswordServer(directory: string): Promise<AsyncDisposable> {
  const path = join(directory, 'passwords.socket');
  const server = createServer((socket) => {
    let request = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      request = Buffer.concat([request, bytes]);
      const [, password, , realm] = strings(request);
      if (realm !== undefined) socket.end(string(password === PASSWORD ? 'OK' : 'NO'));
    });
  });
  server.listen(path);
  await once(server, 'listening');
  await chmod(path, 0o666);
  return server;
}

/** The strings that have arrived whole. */
function strings(bytes: Buffer): readonly string[] {
  if (bytes.length < 2 || bytes.length < 2 + bytes.readUInt16BE()) return [];
  const end = 2 + bytes.readUInt16BE();
  return [bytes.toString('utf8', 2, end), ...strings(bytes.subarray(end))];
}

function string(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
}
