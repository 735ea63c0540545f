// The key under which an attempt is remembered: (client part, sender part, recipient part).
import { type Address, siteNetwork } from './address.ts';
import { type Check, isNullSender, type Mailbox, NULL_SENDER } from './check.ts';

export type ClientPart = 'DOMAIN' | 'NET' | 'FULL' | 'NONE';
export type MailboxPart = 'FULL' | 'HOST' | 'USER' | 'NONE';

/** Which part of each goes into a tuple (GREY_IP_COMPONENT, GREY_FROM_COMPONENT, GREY_TO_COMPONENT). */
export interface TupleParts {
  readonly client: ClientPart;
  readonly sender: MailboxPart;
  readonly recipient: MailboxPart;
}

export interface Tuple {
  readonly client: string;
  readonly sender: string;
  readonly recipient: string;
}

/**
 * The tuples under which a check is looked for; under the first it is recorded. With DOMAIN that is the client's verified
 * domain, where it is known, and also its network, under which it stands if the domain was not known before.
 */
export function tuplesOf(check: Check, parts: TupleParts, domain: string | undefined): readonly Tuple[] {
  const network = tupleOf(check, parts);
  return parts.client === 'DOMAIN' && domain !== undefined ? [{ ...network, client: domain }, network] : [network];
}

/** The tuple that only this address of a client has. */
export function ownTuple({ client }: Check, shared: Tuple): Tuple {
  return { ...shared, client: client.text };
}

function tupleOf(check: Check, parts: TupleParts): Tuple {
  return {
    client: clientPart(check.client, parts.client),
    sender:
      isNullSender(check.sender) && parts.sender !== 'NONE' ? NULL_SENDER : mailboxPart(check.sender, parts.sender),
    recipient: mailboxPart(check.recipient, parts.recipient),
  };
}

function clientPart(client: Address, part: ClientPart): string {
  switch (part) {
    case 'DOMAIN':
    case 'NET':
      return siteNetwork(client);
    case 'FULL':
      return client.text;
    case 'NONE':
      return '';
  }
}

function mailboxPart(mailbox: Mailbox, part: MailboxPart): string {
  if (part === 'NONE') return '';
  // An address without a domain (`postmaster`) is its own host and user.
  if (mailbox.domain === '' || part === 'USER') return mailbox.local;
  return part === 'HOST' ? mailbox.domain : `${mailbox.local}@${mailbox.domain}`;
}
