// An entry made by hand, in a sentence.
import type { ManualEntry } from '../policy/manual-entry.ts';
import { formatTime } from './render.ts';

/** `203.0.113.7 is white until 2026-11-22 14:03:20: asked by Bob (alice)`. */
export function describeEntry({ subject, kind, expires, author, reason }: ManualEntry): string {
  return `${subject} is ${kind} until ${formatTime(expires)}: ${reason} (${author})`;
}
