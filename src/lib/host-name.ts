// Host names as administrators write them.

const LONGEST = 253; // RFC 1035 section 2.3.4, as text
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?$/i;

/** Whether the text is a name of a host or a domain. What ends in a number is an address, or the mistake of one (RFC 1123 2.1). */
export function isHostName(text: string): boolean {
  const labels = text.split('.');
  return text.length <= LONGEST && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
}
