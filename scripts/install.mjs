// Installs what package-lock.json names, unless that very lock file is installed already. Plain JavaScript, since on a
// fresh machine it runs under whatever Node is there; everything after it runs under the project's own.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const lock = new URL('../package-lock.json', import.meta.url);
const stamp = new URL('../node_modules/.installed-lock', import.meta.url);

const wanted = readFileSync(lock, 'utf8');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.error('Installing what ddgrey needs (once, about half a minute)...');
  // Not "npm ci": it refuses a lock file that was made where other platforms' builds were not served. --no-save: older npm
  // writes a lock file of its own, which would be in the way of the next "git pull".
  const { status, error } = spawnSync('npm', ['install', '--no-save', '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: new URL('..', import.meta.url),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status === 0) {
    writeFileSync(stamp, readFileSync(lock, 'utf8'));
    // Nothing depends on it.
    spawnSync(fileURLToPath(new URL('compile', import.meta.url)), { stdio: 'ignore' });
  } else {
    // Where npm could not even be started it has said nothing.
    if (error !== undefined) console.error(error.message);
    console.error('npm could not install it: what it says above must be mended first.');
    process.exitCode = 1;
  }
}
