// What a rule of the policy file may say, by section.
import { canonicalDomain } from './domains.ts';

/** What a GreyCheck rule says. */
export interface GreyCheckValue {
  readonly greylist: boolean;
  /** Ends the search. */
  readonly quick: boolean;
}

/** What a host may do on the greyd socket; admins may also change and stop things. */
export type AccessRight = 'ok' | 'ok-admin' | 'refused';

/** How the values of a section are read. */
export interface Values<V> {
  /** Undefined if the text is no such value. */
  readonly parse: (text: string) => V | undefined;
  readonly allowed: string;
  /** What may not be meant by a text that is such a value, if anything. */
  readonly oddity?: (text: string) => string | undefined;
}

const YES_QUICK: GreyCheckValue = { greylist: true, quick: true };
const NO_QUICK: GreyCheckValue = { greylist: false, quick: true };

const GREY_CHECK_WORDS: ReadonlyMap<string, GreyCheckValue> = new Map([
  ['YES', { greylist: true, quick: false }],
  ['YES-QUICK', YES_QUICK],
  ['QUICK-YES', YES_QUICK],
  ['YESQUICK', YES_QUICK],
  ['QUICKYES', YES_QUICK],
  ['NO', { greylist: false, quick: false }],
  ['NO-QUICK', NO_QUICK],
  ['QUICK-NO', NO_QUICK],
  ['NOQUICK', NO_QUICK],
  ['QUICKNO', NO_QUICK],
]);

export const GREY_CHECK: Values<GreyCheckValue> = {
  parse: (text) => GREY_CHECK_WORDS.get(text.toUpperCase()),
  allowed: 'YES, NO, YES-QUICK, NO-QUICK',
};

/** A GreyCheck value as it is written: `YES-QUICK`. */
export function formatGreyCheck({ greylist, quick }: GreyCheckValue): string {
  return `${greylist ? 'YES' : 'NO'}${quick ? '-QUICK' : ''}`;
}

export const DOMAIN_LIST: Values<readonly string[]> = {
  parse: (text) => {
    const domains = text
      .split(/[\s,]+/)
      .filter((word) => word !== '')
      .map(canonicalDomain);
    const good = domains.length > 0 && domains.every((domain) => /\./.test(domain) && !/[@<>[\]*/:]/.test(domain));
    return good ? domains : undefined;
  },
  allowed: 'a domain or several with blanks or commas between them',
};

const REFUSALS: ReadonlySet<string> = new Set(['no', 'reject']);

/** Whatever is no permission refuses, as in ze-filter; a misspelt one must not grant what it may not mean. */
export const ACCESS_RIGHT: Values<AccessRight> = {
  parse: (text) => {
    const word = text.toLowerCase();
    return word === 'ok' || word === 'ok-admin' ? word : 'refused';
  },
  allowed: 'OK, OK-ADMIN, NO',
  oddity: (text) =>
    ACCESS_RIGHT.parse(text) !== 'refused' || REFUSALS.has(text.toLowerCase())
      ? undefined
      : `${text} refuses, as in ze-filter; allowed are ${ACCESS_RIGHT.allowed}`,
};
