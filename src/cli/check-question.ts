// The arguments of check and explain, as the daemon takes them: IP FROM TO [name=NAME] [helo=NAME].
import { UsageError } from '../lib/usage-error.ts';
import { quoteArgument } from './ask-daemon.ts';
import { needAddress } from './subject-argument.ts';

/** The words behind the verb. Throws a UsageError where the daemon would refuse one. */
export function checkQuestion([ip = '', ...words]: readonly string[]): string {
  const address = needAddress(ip);
  const odd = words.slice(2).find((word) => !/^(?:name|helo)=/.test(word));
  if (odd !== undefined)
    throw new UsageError(`${odd.replace(/=.*$/s, '')} is not known here; name=NAME and helo=NAME are`);
  return [address, ...words].map(quoteArgument).join(' ');
}
