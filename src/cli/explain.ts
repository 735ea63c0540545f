// ddgrey explain IP FROM TO [name=NAME]: what the daemon would answer now, on what that rests, and what would change it.
// The attempt does not count.
import type { Explanation } from '../policy/explanation.ts';
import { askDaemon, itemOf } from './ask-daemon.ts';
import { checkQuestion } from './check-question.ts';
import type { Command } from './command.ts';
import { formatExplanation } from './explanation-text.ts';
import { needAddress } from './subject-argument.ts';

export const explainCommand: Command = {
  name: 'explain',
  arguments: 'IP FROM TO [name=NAME] [helo=NAME]',
  about: 'why a check would be answered as it would; nothing is recorded',
  least: 3,
  most: 5,
  run: async ({ location, words, json, screen }) => {
    const [ip = '', sender = '', recipient = ''] = words;
    const explained = itemOf<Explanation>(await askDaemon(location, `explain ${checkQuestion(words)}`));
    if (json) return { text: `${JSON.stringify(explained)}\n`, exitCode: 0 };
    const asked = { ip: needAddress(ip), sender: bare(sender), recipient: bare(recipient) };
    return { text: formatExplanation({ asked, explained }, screen), exitCode: 0 };
  },
};

function bare(address: string): string {
  return address.replace(/^<|>$/g, '');
}
