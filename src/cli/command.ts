// What a command of `ddgrey` is.
import type { Location } from '../config/locate-config.ts';
import type { Screen } from './screen.ts';

/** Options that only some commands take. */
export const FLAGS = ['white', 'grey', 'black', 'scores', 'events', 'calc', 'remove', 'dry-run', 'wide'] as const;
export type Flag = (typeof FLAGS)[number];

/** What a command is given. */
export interface Invocation {
  readonly location: Location;
  readonly words: readonly string[];
  readonly flags: ReadonlySet<Flag>;
  /** Print JSON instead of text for people. */
  readonly json: boolean;
  readonly screen: Screen;
}

/** What a command leaves: the text to print, perhaps piece by piece, and the exit code. */
export interface Outcome {
  readonly text: string | Iterable<string> | AsyncIterable<string>;
  /** The text is for a program, which gets it as it is; a terminal gets it as shown() makes it. */
  readonly exact?: boolean;
  readonly exitCode: number;
  /** A remark for whoever reads the text, which is no part of it. */
  readonly note?: string | undefined;
}

export interface Command {
  readonly name: string;
  readonly arguments: string;
  readonly about: string;
  /** How many arguments it takes, at least and at most. */
  readonly least: number;
  readonly most: number;
  readonly flags?: readonly Flag[];
  /** What the command prints has a form of its own, and is never JSON. */
  readonly ownForm?: true;
  /** The command names the mistakes of the configuration itself; others print a warning that there are some. */
  readonly tellsMistakes?: true;
  /** Throws an error whose message is for the administrator. */
  readonly run: (invocation: Invocation) => Promise<Outcome>;
}
