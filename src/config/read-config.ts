// From option lines to a valid configuration: all problems at once, each with its place and with what would be right.
import { checkConfig } from './check-config.ts';
import type { Origins, SetLines } from './conflict.ts';
import { insteadOf } from './foreign-options.ts';
import { nearest } from './nearest.ts';
import { type OptionLine, type Place, type Problem, type ReadFile, readOptionLines } from './option-lines.ts';
import type { OptionType } from './option-types.ts';
import { anyOption, type Config, OPTION_NAMES, OPTIONS, type OptionName } from './options.ts';

export interface ReadConfig {
  /** Complete, but to be used only when there is no error. */
  readonly config: Config;
  readonly origins: Origins;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

const BY_SPELLING: ReadonlyMap<string, OptionName> = new Map(
  OPTION_NAMES.flatMap((name) =>
    [name, ...(OPTIONS[name].aliases ?? [])].map((spelling) => [spelling.toLowerCase(), name]),
  ),
);

/** A check of the values that looks at more than the values, such as check-machine.ts. */
export type FurtherCheck = (config: Config, set: SetLines) => readonly Problem[];

/** Reads a configuration file and what it includes. Never throws. */
export function readConfig(file: string, readFile: ReadFile, further: FurtherCheck = () => []): ReadConfig {
  const { lines, problems } = readOptionLines(file, readFile);
  const values: Record<string, unknown> = Object.fromEntries(OPTION_NAMES.map((name) => [name, OPTIONS[name].default]));
  const set = new Map<OptionName, OptionLine[]>();
  const found = [...problems];
  const wrong = new Set<OptionName>();
  for (const line of lines) {
    const name = BY_SPELLING.get(line.name.toLowerCase());
    if (name === undefined) {
      const instead = insteadOf(line.name);
      if (instead === undefined) found.push(problem(line, unknownOption(line)));
      else found.push(warning(line, `${line.name}: has no effect here; ${instead}`));
      continue;
    }
    const earlier = set.get(name);
    const error = setValue(name, line, values, earlier !== undefined);
    if (error !== undefined) {
      found.push(problem(line, error));
      wrong.add(name);
      continue;
    }
    found.push(...oddities(name, line, earlier?.at(-1)).map((message) => warning(line, message)));
    if (earlier === undefined) set.set(name, [line]);
    else earlier.push(line);
  }
  for (const name of OPTION_NAMES) follow(name, values, set);
  for (const name of set.keys()) values[name] = anyOption(name).complete?.(values[name]) ?? values[name];
  const config = values as unknown as Config;
  // Not if a file could not be read: it may have held the other half of a conflict.
  if (problems.length === 0) found.push(...checkConfig(config, set, wrong));
  found.push(...further(config, set));
  const told = inOrder(found, [{ file }, ...lines]);
  return {
    config,
    origins: new Map([...set].flatMap(([name, all]) => all.slice(-1).map((last) => [name, last] as const))),
    errors: told.filter((one) => one.warning !== true),
    warnings: told.filter((one) => one.warning === true),
  };
}

/** The problems in the order in which the files were read, then by lines; those without a line first. */
function inOrder(found: readonly Problem[], read: readonly Pick<Place, 'file'>[]): readonly Problem[] {
  const files = [...new Set([...read, ...found.filter(({ line }) => line > 0)].map((place) => place.file))];
  return found.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);
}

function problem({ file, line }: Place, message: string): Problem {
  return { file, line, message };
}

function warning(place: Place, message: string): Problem {
  return { ...problem(place, message), warning: true };
}

function unknownOption({ name }: OptionLine): string {
  const guess = nearest(name.toLowerCase(), [...BY_SPELLING.keys()]);
  const known = guess === undefined ? undefined : BY_SPELLING.get(guess);
  return `${name}: there is no such option${known === undefined ? '' : `; did you mean ${known}?`}`;
}

/** Sets the value, or returns what is wrong with it. */
function setValue(
  name: OptionName,
  line: OptionLine,
  values: Record<string, unknown>,
  isFurther: boolean,
): string | undefined {
  const option = anyOption(name);
  const value = option.type.parse(line.words);
  if (value === undefined) {
    return `${line.name}: ${wrongWith(line.words, option.type)}; allowed: ${option.type.allowed}`;
  }
  // An empty value is `none`: it leaves nothing of the lines before, which may be in an included file.
  if (option.list === true && isFurther && (value as unknown[]).length > 0) {
    // In place: a copy of the list for each of many thousand lines would take seconds, in which no check is answered.
    for (const item of value as unknown[]) (values[name] as unknown[]).push(item);
  } else values[name] = value;
  return undefined;
}

function wrongWith(words: readonly string[], type: OptionType<unknown>): string {
  if (words.length === 0) return 'no value given';
  return type.problem?.(words) ?? `"${words.join(' ')}" is not allowed`;
}

function follow(name: OptionName, values: Record<string, unknown>, set: SetLines): void {
  const { follows } = OPTIONS[name];
  if (follows !== undefined && !set.has(name)) values[name] = values[follows];
}

function oddities(name: OptionName, line: OptionLine, earlier: OptionLine | undefined): readonly string[] {
  const found = anyOption(name).type.oddities?.(line.words) ?? [];
  // The earlier line may have another name of the option, so it must be plain which of them counts.
  const isTwice = earlier !== undefined && OPTIONS[name].list !== true;
  return [
    ...found.map((text) => `${line.name}: ${text}`),
    ...(isTwice
      ? [`${line.name}: already set as ${earlier.name} at ${earlier.file}:${earlier.line}; this line counts`]
      : []),
  ];
}
