// How the daemon of a directory is started, asked, and told to read its configuration again, as one would type it.
import { join } from 'node:path';
import { type Location, SYSTEM } from '../config/locate-config.ts';
import { shellWord } from '../lib/shell-word.ts';

export interface HowToRun {
  readonly start: string;
  readonly restart: string;
  readonly reload: string;
  /** Tells whether the daemon would start. */
  readonly check: string;
  /** What each command to the daemon begins with. */
  readonly ask: string;
}

/** The system's daemon is systemd's; another one is somebody's own. */
export function howToRun({ directory, configFile }: Location): HowToRun {
  if (configFile === SYSTEM.configFile && directory === SYSTEM.directory)
    return {
      start: 'systemctl start ddgrey',
      restart: 'systemctl restart ddgrey',
      reload: 'systemctl reload ddgrey',
      check: 'ddgreyd --check-config',
      ask: 'ddgrey',
    };
  const [place, file] = [`-D ${shellWord(directory)}`, shellWord(configFile)];
  const isUsual = configFile === join(directory, 'ddgrey.conf');
  const start = `ddgreyd ${place}${isUsual ? '' : ` -c ${file}`}`;
  const pid = `$(cat ${shellWord(join(directory, 'ddgreyd.pid'))})`;
  return {
    start,
    restart: `kill ${pid}, then ${start}`,
    reload: `kill -HUP ${pid}`,
    check: `${start} --check-config`,
    ask: `ddgrey ${place}${isUsual ? '' : ` --config ${file}`}`,
  };
}
