// What an option is, and a table of options.
import type { OptionType } from './option-types.ts';

export interface Option<T> {
  /** The same option under the name that another system gave it. */
  readonly aliases?: readonly string[];
  readonly type: OptionType<T>;
  readonly default: T;
  /** The option whose value this one has as long as no line sets it. */
  readonly follows?: string;
  /** What conf/ddgrey.conf sets, where that is not the default, and why. */
  readonly recommended?: { readonly value: T; readonly why: string };
  /** The default in words, where the value alone says too little. */
  readonly defaultNote?: string;
  /** Further lines add to the value instead of replacing it; the first replaces the default. */
  readonly list?: true;
  /** What the value is once all lines were read. */
  readonly complete?: (set: T) => T;
  /** A new value takes effect only when the daemon is started anew, not on SIGHUP. */
  readonly restart?: true;
  /** Tables for docs/options.md. */
  readonly tables?: readonly Table[];
  /** What it does, in a sentence or two. */
  readonly about: string;
}

export interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** An option for every part of a configuration. */
export type OptionTable<Part> = { readonly [Name in keyof Part]: Option<Part[Name]> };

/** Seconds. */
export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;
