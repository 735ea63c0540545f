import { expect, test } from 'vitest';
import { formatProblem, readOptionLines } from './option-lines.ts';

/** Reads the first of these files, of which the others can be included. */
function readFiles(files: { readonly [path: string]: string }): { lines: string[]; problems: string[] } {
  const { lines, problems } = readOptionLines('/etc/main', (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' });
    return text;
  });
  return {
    lines: lines.map(({ file, line, name, words }) => `${file}:${line} ${JSON.stringify([name, ...words])}`),
    problems: problems.map(formatProblem),
  };
}

test.for<[line: string, words: string[]]>([
  ['retry 3d', ['retry', '3d']],
  ['\tretry   3d\r', ['retry', '3d']],
  ['retry = 3d', ['retry', '3d']],
  ['retry=3d', ['retry', '3d']],
  ['retry= 3d', ['retry', '3d']],
  ['retry =3d', ['retry', '3d']],
  ['retry =4 hours', ['retry', '4', 'hours']],
  ['retry="4 hours"', ['retry', '4 hours']],
  ['retry ="4 hours" # why', ['retry', '4 hours']],
  ["  retry = '4 hours'", ['retry', '4 hours']],
  ['"retry" = 3d', ['retry', '3d']],
  ['retry==3d', ['retry', '=3d']],
  ['retry', ['retry']],
  ['retry =', ['retry']],
  ['=3d', ['=3d']],
  ['retry 3d # why', ['retry', '3d']],
  ['name "a # b"', ['name', 'a # b']],
  ['name a=b', ['name', 'a=b']],
  ['name "a" = b', ['name', 'a', '=', 'b']],
  [`name it's "joe"@example.org '"a'`, ['name', `it's`, '"joe"@example.org', '"a']],
  ['listen greylist unix:a mode=0660', ['listen', 'greylist', 'unix:a', 'mode=0660']],
])('%j has the words %j', ([line, words]) => {
  expect(readFiles({ '/etc/main': line }).lines).toEqual([`/etc/main:1 ${JSON.stringify(words)}`]);
});

test('empty lines and comments set nothing, but count as lines', () => {
  expect(readFiles({ '/etc/main': '\uFEFFretry 3d\n' }).lines).toEqual(['/etc/main:1 ["retry","3d"]']);
  expect(readFiles({ '/etc/main': '\n# retry 1d\n  \nretry 3d\n' }).lines).toEqual(['/etc/main:4 ["retry","3d"]']);
});

test("what a comment holds is nobody's mistake", () => {
  expect(readFiles({ '/etc/main': '# f\ufffdr\u00a0mx1\nretry 3d # f\ufffdr' }).lines).toEqual([
    '/etc/main:2 ["retry","3d"]',
  ]);
});

test.for(['\n', '\r\n', '\r\r\n', '\r'])('lines may end with %j', (end) => {
  const text = ['# why', '', 'retry 3d', ''].join(end);
  expect(readFiles({ '/etc/main': text }).lines).toEqual(['/etc/main:3 ["retry","3d"]']);
});

test('an included file stands where it is included; its name starts at the including file', () => {
  const files = { '/etc/main': 'a 1\nINCLUDE sub/b\na 2', '/etc/sub/b': 'include c', '/etc/sub/c': 'c 1' };
  expect(readFiles(files)).toEqual({
    lines: ['/etc/main:1 ["a","1"]', '/etc/sub/c:1 ["c","1"]', '/etc/main:3 ["a","2"]'],
    problems: [],
  });
});

test.for<[text: string, problem: string]>([
  ['a 1\ninclude none', '/etc/main:2: cannot read /etc/none: no such file'],
  ['include main', '/etc/main:1: include: /etc/main includes itself'],
  ['include loop', '/etc/loop:1: include: /etc/main includes itself'],
  ['include', '/etc/main:1: include: needs one file name'],
  ['include a b', '/etc/main:1: include: needs one file name'],
  ['a 1\nname "mx 1 # why', '/etc/main:2: "mx: the quote that starts here is never closed'],
  ["name 'mx", "/etc/main:1: 'mx: the quote that starts here is never closed"],
  ['retry\u00a03d', '/etc/main:1: retry<U+00A0>3d: <U+00A0> is no blank here; write an ordinary one'],
  ['retry 3d\u200b', '/etc/main:1: 3d<U+200B>: <U+200B> is no blank here; write an ordinary one'],
  ['name "a\u3000b c"', '/etc/main:1: a<U+3000>b c: <U+3000> is no blank here; write an ordinary one'],
  ['a 1\npolicy b\ufffdcher', '/etc/main:2: b\ufffdcher: this is not UTF-8; save it as UTF-8, or write only ASCII'],
  ['a 1\nname \0', '/etc/main:2: a NUL character: the file is no text, or UTF-16; save it as UTF-8'],
  ['\0n\0a', '/etc/main:1: a NUL character: the file is no text, or UTF-16; save it as UTF-8'],
  [
    Buffer.from('\ufeffname mx\nretry 3d', 'utf16le').toString(),
    '/etc/main:1: a NUL character: the file is no text, or UTF-16; save it as UTF-8',
  ],
])('%j: %s', ([text, problem]) => {
  expect(readFiles({ '/etc/main': text, '/etc/loop': 'include /etc/main' }).problems).toEqual([problem]);
});

test('a file that is another one under each name is read 16 deep', () => {
  const { problems } = readOptionLines('/etc/main', () => 'include user/!');
  const file = `/etc/${'user/'.repeat(15)}!`;
  expect(problems).toMatchObject([{ file, line: 1, message: 'include: more than 16 files deep' }]);
});

test('includes that double at each depth end with one more error', () => {
  let files = 0;
  const { problems } = readOptionLines('/etc/main', () => {
    files += 1;
    return 'include a/b\ninclude c/d';
  });
  expect(files).toBe(1000);
  const tooMany = problems.filter(({ message }) => !message.includes('deep'));
  const place = '/etc/a/a/a/a/a/a/c/c/c/c/c/a/b:1';
  expect(tooMany.map(formatProblem)).toEqual([`${place}: include: more than 1000 files in all`]);
});

test('a file may be included twice, one after the other', () => {
  expect(readFiles({ '/etc/main': 'include b\ninclude b', '/etc/b': 'b 1' }).problems).toEqual([]);
});

test('a configuration file that is missing is a problem without a line', () => {
  expect(readFiles({}).problems).toEqual(['cannot read /etc/main: no such file']);
});

test.for<[code: string | undefined, words: string]>([
  ['EACCES', 'permission denied'],
  ['EISDIR', 'it is a directory'],
  [undefined, 'the message'],
])('a file that fails with %s is a problem: %s', ([code, words]) => {
  const { problems } = readOptionLines('/etc/main', () => {
    throw Object.assign(new Error('the message'), code === undefined ? {} : { code });
  });
  expect(problems.map(formatProblem)).toEqual([`cannot read /etc/main: ${words}`]);
});
