// The commands of `ddgrey`, one file each.
import { checkCommand } from './check.ts';
import type { Command } from './command.ts';
import { configCommand } from './config.ts';
import { statsCommand } from './stats.ts';
import { tuplesCommand } from './tuples.ts';

export const COMMANDS: readonly Command[] = [checkCommand, tuplesCommand, statsCommand, configCommand];
