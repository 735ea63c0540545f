// Tells systemd that the daemon is ready (sd_notify(3)). The message is a datagram to a unix socket, which Node has no
// call for; systemd brings a program that sends it.
import { execFile } from 'node:child_process';

/** Does so if the process was started by systemd with Type=notify; resolves to what went wrong. */
export function notifySystemd(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  if (environment['NOTIFY_SOCKET'] === undefined) resolve(undefined);
  else {
    const words = [`--pid=${process.pid}`, 'READY=1'];
    execFile('systemd-notify', words, { env: environment }, (error) => resolve(error?.message));
  }
  return promise;
}
