// The DNS lists that a configuration asks for.
import { type ChosenLists, chooseLists } from '../dns/choose-lists.ts';
import type { Config } from './options.ts';

/** The lists that are asked, and what is wrong with their names in the configuration. */
export function listsOf(config: Config): ChosenLists {
  return chooseLists({
    names: config.rbls,
    scores: config.rbl_score,
    own: config.rbl_zone,
    dnswl: config.dnswl,
  });
}
