// ddgrey check IP FROM TO [name=NAME]: asks the running daemon as a mail server would. The attempt counts like any other.
import type { Verdict } from '../policy/verdict.ts';
import { askDaemon, itemOf } from './ask-daemon.ts';
import { checkQuestion } from './check-question.ts';
import type { Command } from './command.ts';
import { describeVerdict } from './verdict-text.ts';

/** The verdicts for a script, which must not take one for another, or for a failure. */
const EXIT_CODES = { white: 0, grey: 10, black: 20 } as const;

export const checkCommand: Command = {
  name: 'check',
  arguments: 'IP FROM TO [name=NAME] [helo=NAME]',
  about: 'ask the daemon as a mail server would; exit code 0 white, 10 grey, 20 black',
  least: 3,
  most: 5,
  run: async ({ location, words, json }) => {
    const verdict = itemOf<Answered>(await askDaemon(location, `verdict ${checkQuestion(words)}`));
    return { text: json ? `${JSON.stringify(verdict)}\n` : describe(verdict), exitCode: EXIT_CODES[verdict.kind] };
  },
};

/** As the daemon tells it. */
type Answered = Verdict & { readonly id: string };

function describe(verdict: Answered): string {
  return `${verdict.kind}: ${describeVerdict(verdict)} (id ${verdict.id})\n`;
}
