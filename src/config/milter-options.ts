// Options: what the milter does beside answering.
import { type HeaderPattern, headerPatterns } from './header-type.ts';
import type { OptionTable } from './option.ts';
import { yesNo } from './option-types.ts';

export interface MilterConfig {
  readonly milter_header: boolean;
  readonly milter_spam_header: readonly HeaderPattern[];
}

export const MILTER_OPTIONS: OptionTable<MilterConfig> = {
  milter_header: {
    type: yesNo,
    default: true,
    about: 'Whether delivered mail gets a header X-Greylist that tells how long it was delayed, or why it was not.',
  },
  milter_spam_header: {
    type: headerPatterns,
    default: [{ name: 'X-Spam-Flag', pattern: /^yes\b/i }],
    list: true,
    about:
      'A header by which a spam filter marks spam, and a regular expression (in any case of letters) that its value then matches; such mail is reported as spam. One header a line. The value is looked at in one line, without blanks at its ends. Senders can bring such headers along: with Authentication-Results, let the pattern begin with the id that your own server writes, as in Authentication-Results "^mx[.]example[.]org; .*x-spam=fail".',
  },
};
