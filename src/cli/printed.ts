// What a command leaves, all of it, for tests.
import type { Outcome } from './command.ts';

export interface Printed {
  readonly text: string;
  readonly exitCode: number;
}

/** The outcome with its text in one piece. */
export async function printed({ text, exitCode }: Outcome): Promise<Printed> {
  let all = '';
  if (typeof text === 'string') all = text;
  else for await (const piece of text) all += piece;
  return { text: all, exitCode };
}
