// How the daemon of a directory is started, and told to read its configuration again: what an administrator would type.
import { join } from 'node:path';
import { type Location, SYSTEM } from '../config/locate-config.ts';
import { shellWord } from '../lib/shell-word.ts';

export interface HowToRun {
  readonly start: string;
  readonly restart: string;
  readonly reload: string;
  /** Tells whether the daemon would start. */
  readonly check: string;
}

/** The system's daemon is systemd's; another one is somebody's own. */
export function howToRun({ directory, configFile }: Location): HowToRun {
  if (configFile === SYSTEM.configFile && directory === SYSTEM.directory)
    return {
      start: 'systemctl start ddgrey',
      restart: 'systemctl restart ddgrey',
      reload: 'systemctl reload ddgrey',
      check: 'ddgreyd --check-config',
    };
  const config = configFile === join(directory, 'ddgrey.conf') ? '' : ` -c ${shellWord(configFile)}`;
  const start = `ddgreyd -D ${shellWord(directory)}${config}`;
  const pid = `$(cat ${shellWord(join(directory, 'ddgreyd.pid'))})`;
  return {
    start,
    restart: `kill ${pid}, then ${start}`,
    reload: `kill -HUP ${pid}`,
    check: `${start} --check-config`,
  };
}
