import { expect, test } from 'vitest';
import { coloured, fit, fitTable, NO_SCREEN, processScreen } from './screen.ts';

test.for<[columns: number | undefined, line: string, shown: string]>([
  [undefined, 'abcdef', 'abcdef'],
  [6, 'abcdef', 'abcdef'],
  [5, 'abcdef', 'abcd…'],
  [1, 'abcdef', 'a…'],
  [6, '用户用户', '用户…'],
])('in %j columns %s is %s', ([columns, line, shown]) => {
  expect(fit(line, { ...NO_SCREEN, columns })).toBe(shown);
});

test('each line of a table is cut by itself', () => {
  expect(fitTable('abcd\nab\n', { ...NO_SCREEN, columns: 3 })).toBe('ab…\nab\n');
});

test('colours are for screens that have them', () => {
  expect(coloured('x', 'white', NO_SCREEN)).toBe('x');
});

test.for([
  ['white', 32],
  ['grey', 33],
  ['black', 31],
] as const)('%s has a colour of its own', ([kind, code]) => {
  expect(coloured('x', kind, { ...NO_SCREEN, colours: true })).toBe(`\u001b[${code}mx\u001b[39m`);
});

test.for<[what: string, terminal: object, columns: number | undefined, colours: boolean]>([
  ['that does not know its width', { columns: 0, hasColors: () => true }, undefined, true],
  ['without a colour', { columns: 1, hasColors: () => false }, 1, false],
])('a terminal %s', ([, terminal, columns, colours]) => {
  const screen = processScreen({ stdout: { isTTY: true, ...terminal }, stderr: { isTTY: false } } as never);
  expect(screen).toMatchObject({ columns, colours });
});

test('a file is no screen, a terminal is', () => {
  const file = { stdout: { isTTY: false, columns: 80 }, stderr: { isTTY: false } };
  const written: string[] = [];
  const terminal = {
    stdout: { isTTY: true, columns: 80, hasColors: () => true },
    stderr: { isTTY: true, write: (text: string) => written.push(text) },
  };
  expect(processScreen(file as never)).toMatchObject({ columns: undefined, colours: false });
  const screen = processScreen(terminal as never);
  expect(screen).toMatchObject({ columns: 80, colours: true });
  screen.progress('half');
  processScreen(file as never).progress('half');
  expect(written).toEqual(['\rhalf\u001b[K']);
});
