// Lines of a table on the terminal.

/** A line: its name, then the cells. */
export function row(name: string, cells: readonly string[]): string {
  return name.padEnd(22) + cells.map((cell) => cell.padStart(11)).join('');
}

/** 1,000,000. */
export function grouped(number: number): string {
  return Math.round(number).toLocaleString('en');
}
