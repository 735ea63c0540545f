// Who wrote to whom, of a report.
import type { StoredReport } from '../policy/report.ts';

/** `joe@example.com -> bob@example.org`; nothing where the report tells neither. */
export function correspondents({ sender, recipient }: StoredReport): readonly string[] {
  return sender === undefined && recipient === undefined ? [] : [`${sender ?? ''} -> ${recipient ?? ''}`];
}
