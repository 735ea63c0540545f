// Something wrong with what the configuration says that no single line shows, and the line where it is told.
import type { OptionLine, Problem } from './option-lines.ts';
import { OPTIONS, type OptionName } from './options.ts';

/** The line that set each option; options at their default are not in it. */
export type Origins = ReadonlyMap<OptionName, OptionLine>;

/** All lines that set an option, in their order. */
export type SetLines = ReadonlyMap<OptionName, readonly OptionLine[]>;

/** Something wrong with options whose lines can be read. */
export interface Conflict {
  /** The options that take part: the conflict is reported at the last line that sets one of them. */
  readonly options: readonly OptionName[];
  /** If the conflict is about one word of a line: it is reported at the last line with that word. */
  readonly word?: string;
  readonly message: string;
  /** Odd, but it works. */
  readonly warning?: true;
}

/** Conflicts as problems with their places; a conflict has none if all its options are at their default. */
export function problemsAt(conflicts: readonly Conflict[], set: SetLines): readonly Problem[] {
  return conflicts.map((conflict) => {
    const { file = '', line = 0 } = placeOf(conflict, set) ?? {};
    const { message, warning } = conflict;
    return { file, line, message, ...(warning === undefined ? {} : { warning }) };
  });
}

function placeOf({ options, word }: Conflict, set: SetLines): OptionLine | undefined {
  const lines = options.flatMap((name) => set.get(name) ?? set.get(OPTIONS[name].follows as OptionName) ?? []);
  const meant = (line: OptionLine): boolean =>
    word === undefined || line.words.some((text) => text.toLowerCase() === word.toLowerCase());
  return lines.findLast(meant);
}
