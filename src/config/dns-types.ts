// The option types of what is asked in DNS: `rbls`, `rbl_score`, `rbl_zone`, `resolver`.
import type { ListScore, OwnListZone } from '../dns/choose-lists.ts';
import { isHostName } from '../lib/host-name.ts';
import { formatNameServer, type NameServer, parseNameServer } from '../lib/name-server.ts';
import { parseAddress } from '../policy/address.ts';
import { linesOf, orNone, wordsOf } from './list-type.ts';
import { type OptionType, quoted } from './option-types.ts';

const LEAST_SCORE = -1000;

export const listNames: OptionType<readonly string[]> = orNone(
  wordsOf({
    allowed: 'one or more names, in quotes if they hold spaces',
    parse: (name) => (name === '' || name.includes(',') ? undefined : name),
    write: (name) => name,
  }),
);

export const listScores: OptionType<readonly ListScore[]> = orNone(
  linesOf({
    allowed: `NAME SCORE, the score a whole number from ${LEAST_SCORE} to 0`,
    parse: ([name = '', points = '', ...rest]) => {
      if (name === '' || rest.length > 0 || !/^-?\d{1,4}$/.test(points)) return undefined;
      const score = Number(points) + 0; // -0 would not equal 0
      return score < LEAST_SCORE || score > 0 ? undefined : { name, score };
    },
    write: ({ name, score }) => `${quoted(name)} ${score}`,
  }),
);

export const ownListZones: OptionType<readonly OwnListZone[]> = orNone(
  linesOf<OwnListZone>({
    allowed: 'NAME ZONE [ipv6] [CODE...], the zone a domain, each code an address in 127.0.0.0/8',
    parse: ([name = '', zone = '', ...rest]) => {
      const ipv6 = rest[0]?.toLowerCase() === 'ipv6';
      const codes = ipv6 ? rest.slice(1) : rest;
      return name !== '' && isHostName(zone) && codes.every(isCode) ? { name, zone, ipv6, codes } : undefined;
    },
    write: ({ name, zone, ipv6, codes }) => [quoted(name), zone, ...(ipv6 ? ['ipv6'] : []), ...codes].join(' '),
  }),
);

export const nameServers: OptionType<readonly NameServer[]> = wordsOf({
  allowed: 'addresses of name servers, such as 192.0.2.53, 127.0.0.1:5353 or [2001:db8::53]:53',
  parse: parseNameServer,
  write: formatNameServer,
});

/** Lists answer with addresses of this network only (RFC 5782 section 2.1). */
function isCode(text: string): boolean {
  return text.startsWith('127.') && parseAddress(text)?.text === text;
}
