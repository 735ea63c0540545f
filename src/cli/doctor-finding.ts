// What `ddgrey doctor` finds, and how it is told.

export interface Finding {
  /** `note`: worth a look, but nothing is broken. */
  readonly state: 'good' | 'note' | 'bad';
  /** What was looked at. */
  readonly about: string;
  /** What was found, in plain words. */
  readonly text: string;
  /** How to mend it. */
  readonly mend?: string;
}

const MARKS = { good: 'ok  ', note: 'note', bad: 'BAD ' } as const;

/** Each finding on a line, with how to mend it below; then how many things are wrong. */
export function formatFindings(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ state, about, text, mend }) => [
    `${MARKS[state]}  ${about}: ${text}`,
    ...(mend === undefined ? [] : [`      -> ${mend}`]),
  ]);
  const bad = findings.filter(({ state }) => state === 'bad').length;
  const sum = bad === 0 ? 'Nothing is wrong.' : `${bad} ${bad === 1 ? 'thing is' : 'things are'} wrong.`;
  return `${lines.join('\n')}\n\n${sum}\n`;
}
