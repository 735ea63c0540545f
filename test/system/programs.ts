// The programs that the system tests run, and where they are.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The checkout. */
export const HOME: string = join(import.meta.dirname, '../..');

/** Exim as test/system/install-mail-servers unpacks it. */
export const EXIM = '/var/cache/ddgrey-system-tests/exim4/usr/sbin/exim4';

/** Whether a program is on the path. */
export function isInstalled(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => existsSync(join(directory, name)));
}
