// `sha256:FINGERPRINT`: one certificate that is trusted, whoever signed it, by the fingerprint that openssl prints of it.

const FINGERPRINT = /^sha256:((?:[\da-f]{2}:?){32})$/i;

/** Whether the text is meant to be such a fingerprint. */
export function isFingerprint(text: string): boolean {
  return /^sha256:/i.test(text);
}

/** Hexadecimal, upper case, without colons; undefined if it is none. */
export function parseFingerprint(text: string): string | undefined {
  return FINGERPRINT.exec(text)?.[1]?.replaceAll(':', '').toUpperCase();
}
