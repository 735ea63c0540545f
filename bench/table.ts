// Lines of a table on the terminal.

/** A line: its name, then the cells. */
export function row(name: string, cells: readonly string[]): string {
  return name.padEnd(22) + cells.map((cell) => cell.padStart(11)).join('');
}

/** 1,000,000. */
export function grouped(number: number): string {
  return Math.round(number).toLocaleString('en');
}

/** What was to be reached, and whether it was. */
export function verdict(text: string, reached: boolean): string {
  return `  ${reached ? 'reached' : 'missed '}  ${text}`;
}

/** The middle one; of an even number the upper of the two. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}
