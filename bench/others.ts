// Other greylisters, as Debian packages them, each with the packaged configuration but for where it listens and keeps its
// data. Not gross: it asks DNS lists beyond this machine about every client, and without them it often stops answering.
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Form, POLICY } from './load.ts';
import type { Launch } from './servers.ts';

export interface Other {
  readonly name: string;
  /** What it remembers with, and how it is asked. */
  readonly about: string;
  readonly program: string;
  readonly form: Form;
  readonly launch: (directory: string) => Launch;
}

/** greylistd answers `true` for grey, `false` for white. */
const GREYLISTD: Form = { question: (tuple) => `--grey ${tuple}`, answer: '', end: '' };

export const OTHERS: readonly Other[] = [
  {
    name: 'postgrey',
    about: 'Berkeley DB; policy protocol',
    program: '/usr/sbin/postgrey',
    form: POLICY,
    launch: (directory) => {
      giveTo('postgrey', directory);
      const places = [`--unix=${join(directory, 'socket')}`, `--dbdir=${directory}`];
      return { words: [...places, '--user=postgrey', '--group=postgrey'], socket: 'socket' };
    },
  },
  {
    name: 'sqlgrey',
    about: 'SQLite; policy protocol',
    program: '/usr/sbin/sqlgrey',
    form: POLICY,
    launch: (directory) => {
      giveTo('sqlgrey', directory);
      const [socket, pid] = [join(directory, 'socket'), join(directory, 'pid')];
      const places = `unix = ${socket}\npidfile = ${pid}\ndb_type = SQLite\ndb_name = ${join(directory, 'sqlgrey.db')}\n`;
      return { words: ['-f', configured(directory, '/etc/sqlgrey/sqlgrey.conf', places)], socket: 'socket' };
    },
  },
  {
    name: 'greylistd',
    about: 'memory, saved every 10 minutes; a connection a question',
    program: '/usr/sbin/greylistd',
    form: GREYLISTD,
    launch: (directory) => {
      const data = ['statefile', 'tripletfile'].map((name) => `${name} = ${join(directory, name)}`).join('\n');
      const places = `[socket]\npath = ${join(directory, 'socket')}\nmode = 0660\n[data]\n${data}\n`;
      return { words: [configured(directory, '/etc/greylistd/config', places)], socket: 'socket' };
    },
  },
];

/** The packaged configuration, with what comes later in it counting. */
function configured(directory: string, packaged: string, more: string): string {
  const path = join(directory, 'config');
  writeFileSync(path, `${readFileSync(packaged, 'utf8')}\n${more}`);
  return path;
}

/** Such a program becomes its own user, whose the directory must be. */
function giveTo(user: string, directory: string): void {
  const [uid, gid] = ['-u', '-g'].map((which) => Number(execFileSync('id', [which, user])));
  chownSync(directory, uid ?? 0, gid ?? 0);
}
