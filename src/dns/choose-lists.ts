// Which DNS lists are asked, from the words of the configuration.
import { BLOCK_LISTS, DNSWL, ownList, retiredList } from './known-lists.ts';
import type { DnsList } from './lists.ts';

/** `rbl_score NAME SCORE`. */
export interface ListScore {
  readonly name: string;
  readonly score: number;
}

/** `rbl_zone NAME ZONE [ipv6] [CODE...]`. */
export interface OwnListZone {
  readonly name: string;
  readonly zone: string;
  /** Whether it lists IPv6 addresses too. */
  readonly ipv6: boolean;
  /** The answers that mean "listed"; empty: all but errors. */
  readonly codes: readonly string[];
}

export interface ListChoice {
  /** Names: of known lists, or of own ones. */
  readonly names: readonly string[];
  readonly scores: readonly ListScore[];
  readonly own: readonly OwnListZone[];
  readonly dnswl: boolean;
}

export interface ChosenLists {
  readonly lists: readonly DnsList[];
  /** Lists that are left out, and why. */
  readonly warnings: readonly string[];
  /** Names that mean nothing. */
  readonly errors: readonly UnknownList[];
}

export interface UnknownList {
  /** The option that names it. */
  readonly option: 'rbls' | 'rbl_score';
  readonly name: string;
  readonly message: string;
}

/** The points that being on an own list brings unless rbl_score says otherwise. */
export const OWN_SCORE = -50;

/** The lists that were chosen, each once, with the scores that were set. Own lists are asked without being named again. */
export function chooseLists({ names, scores, own, dnswl }: ListChoice): ChosenLists {
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  const scoreOf = (name: string): number | undefined => scores.findLast((row) => same(row.name, name))?.score;
  const ownLists = own.map(({ codes, ...list }) =>
    ownList({ ...list, score: scoreOf(list.name) ?? OWN_SCORE, ...(codes.length > 0 && { codes }) }),
  );
  // Own lists first: one may have the name of a known list, such as a mirror of that list.
  const known = [...ownLists, ...BLOCK_LISTS];
  const wanted = [...new Set([...names, ...own.map(({ name }) => name)].map((name) => name.toLowerCase()))];
  const chosen = wanted
    .flatMap((name) => known.find((list) => same(list.name, name)) ?? [])
    .filter(({ zone }) => retiredList(zone) === undefined);
  const missing = wanted.filter((name) => !known.some((list) => same(list.name, name)));
  const retired = [...missing, ...own.map(({ zone }) => zone)].flatMap((name) => retiredList(name) ?? []);
  const scoreless = scores.filter(({ name }) => !known.some((list) => same(list.name, name))).map(({ name }) => name);
  const unknown = (option: UnknownList['option'], unheard: readonly string[]): readonly UnknownList[] =>
    unheard
      .filter((name) => retiredList(name) === undefined)
      .map((name) => ({
        option,
        name,
        message: `there is no list ${name}; known: ${known.map((list) => list.name).join(', ')}`,
      }));
  return {
    lists: [...chosen.map((list) => ({ ...list, score: scoreOf(list.name) ?? list.score })), ...(dnswl ? [DNSWL] : [])],
    warnings: retired.map(({ name, closed }) => `the list ${name} closed (${closed}) and is not asked`),
    errors: [...unknown('rbls', missing), ...unknown('rbl_score', scoreless)],
  };
}
