// A client of the greyd socket: lines go out, and everything that comes back is text.
import { once } from 'node:events';
import { connect, type TcpNetConnectOpts } from 'node:net';

/** What the server says to these lines, up to its leave-taking. */
export async function tellGreyd(where: string | TcpNetConnectOpts, ...lines: readonly string[]): Promise<string> {
  const socket = (typeof where === 'string' ? connect(where) : connect(where)).setEncoding('utf8');
  let said = '';
  socket.on('data', (text: string) => {
    said += text;
  });
  socket.end([...lines, 'QUIT', ''].join('\r\n'));
  await once(socket, 'close');
  return said;
}

/** The entries of a table, as DOWNLOAD has them. */
export async function download(path: string, table: 'PENDING' | 'VALID' | 'WHITE'): Promise<readonly string[]> {
  const said = await tellGreyd(path, `DOWNLOAD ${table}`);
  const [, body] = new RegExp(`200-OK for download ${table}!\r\n(.*)200 download done`, 'is').exec(said) ?? [];
  if (body === undefined) throw new Error(`no download: ${said}`);
  return body.split('\r\n').filter((line) => line !== '');
}
