// The yardstick: a server of the same runtime that answers every line alike and does nothing else. Argument: its socket.
import { createServer } from 'node:net';

const [path] = process.argv.slice(2);

createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('data', (bytes: Buffer) => {
    if (bytes.includes('check_quit')) socket.end('200 grey');
    else socket.write('200 grey\r\n');
  });
  socket.on('error', () => {});
}).listen({ path, backlog: 1024 });
