// The commands of `ddgrey`, a file each, or two that belong together.
import { checkCommand } from './check.ts';
import type { Command } from './command.ts';
import { configCommand } from './config.ts';
import { doctorCommand } from './doctor.ts';
import { blackCommand, entriesCommand, whiteCommand } from './entries.ts';
import { explainCommand } from './explain.ts';
import { feedCommand } from './feed.ts';
import { forgetCommand } from './forget.ts';
import { listCommand } from './listing.ts';
import { peersCommand } from './peers.ts';
import { statsCommand } from './stats.ts';
import { exportCommand, importCommand } from './tables.ts';
import { tuplesCommand } from './tuples.ts';

export const COMMANDS: readonly Command[] = [
  listCommand,
  checkCommand,
  explainCommand,
  tuplesCommand,
  whiteCommand,
  blackCommand,
  entriesCommand,
  forgetCommand,
  peersCommand,
  statsCommand,
  configCommand,
  doctorCommand,
  feedCommand,
  exportCommand,
  importCommand,
];
