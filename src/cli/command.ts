// What a command of `ddgrey` is.
import type { Location } from '../config/locate-config.ts';

/** What a command is given. */
export interface Invocation {
  readonly location: Location;
  readonly words: readonly string[];
  /** Print JSON instead of text for people. */
  readonly json: boolean;
}

/** What a command leaves: the text to print and the exit code. */
export interface Outcome {
  readonly text: string;
  readonly exitCode: number;
}

export interface Command {
  readonly name: string;
  readonly arguments: string;
  readonly about: string;
  /** How many arguments it takes, at least and at most. */
  readonly least: number;
  readonly most: number;
  /** Throws an error whose message is for the administrator. */
  readonly run: (invocation: Invocation) => Promise<Outcome>;
}
