// `sha256:FINGERPRINT`: a certificate that is known by itself, as openssl prints its fingerprint.

const FINGERPRINT = /^sha256:((?:[\da-f]{2}:?){32})$/i;

/** Whether the text is meant to be one. */
export function isFingerprint(text: string): boolean {
  return /^sha256:/i.test(text);
}

/** Hexadecimal, upper case, without colons; undefined if it is none. */
export function parseFingerprint(text: string): string | undefined {
  return FINGERPRINT.exec(text)?.[1]?.replaceAll(':', '').toUpperCase();
}
