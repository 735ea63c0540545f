// Host names as administrators write them.

const LONGEST = 253; // RFC 1035 section 2.3.4, as text
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?$/i;
// 192.0.2.256, and the range 192.0.2.0-7: RFC 1123 section 2.1 keeps such names free.
const LIKE_ADDRESS = /(?:^|\.)\d+$|\.[\d-]+$/;

/** Whether the text is a name of a host or a domain. What ends in a number is an address, or the mistake of one. */
export function isHostName(text: string): boolean {
  const labels = text.split('.');
  return text.length <= LONGEST && labels.every((label) => LABEL.test(label)) && !LIKE_ADDRESS.test(text);
}
