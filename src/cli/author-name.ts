// Who makes an entry by hand.
import { userInfo } from 'node:os';

/** The user that types the command; in a container it may be one that has no name. */
export function authorName(ask: () => { readonly username: string } = userInfo): string {
  try {
    return ask().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}
