// The option table as documents: conf/ddgrey.conf, docs/options.md and ddgrey.conf(5).
import { escaped, roff, tagged } from '../lib/program-page.ts';
import { type Layout, wrapped } from '../lib/wrapped.ts';
import type { Table } from './option.ts';
import type { OptionType } from './option-types.ts';
import { anyOption, type OptionName, SECTIONS } from './options.ts';

/** The recommended configuration: every option commented out at its default, or set, with the reason, where we advise it. */
export function recommendedConfig(): string {
  const lines = [
    '# ddgrey.conf: the recommended configuration. `name value`, one option a line; # starts a comment.',
    '# What is commented out is the default. `ddgrey config` prints all values; docs/options.md tells more.',
  ];
  for (const { title, options } of SECTIONS) {
    lines.push('', `# --- ${title} ---`);
    for (const name of namesIn(options)) lines.push('', ...configLines(name));
  }
  return `${lines.join('\n')}\n`;
}

/** docs/options.md. */
export function optionsPage(): string {
  const lines = [
    '# Options',
    '',
    'Made from the tables in `src/config/*-options.ts` by `npm run docs`; do not edit.',
    '',
    'One option a line: `name value`, an `=` between them if you like. `#` starts a comment, quotes keep words together,',
    '`include FILE` reads another file in its place. Names in any case. Times: `90`, `10s`, `10m`, `4h`, `3d`, `2w`,',
    '`4 hours` (m is always minutes). Of an option that is set twice the later line counts; of a list, all lines do, and',
    '`none`, where it is allowed, takes back those before it.',
  ];
  for (const { title, options } of SECTIONS) {
    lines.push('', `## ${title}`);
    for (const name of namesIn(options)) lines.push('', ...pageLines(name));
  }
  return `${lines.join('\n')}\n`;
}

/** ddgrey.conf(5). */
export function configManual(version: string): string {
  return roff([
    `.TH DDGREY.CONF 5 "" "ddgrey ${version}" "ddgrey"`,
    '.SH NAME',
    'ddgrey.conf \\- configuration of ddgreyd',
    '.SH DESCRIPTION',
    escaped(
      'One option a line: name value, an = between them if you like. # starts a comment, quotes keep words together,',
    ),
    escaped('include FILE reads another file in its place. Names in any case.'),
    escaped('Times: 90, 10s, 10m, 4h, 3d, 2w, "4 hours" (m is always minutes).'),
    escaped(
      'Of an option that is set twice the later line counts; of a list, all lines do, and none, where it is allowed, takes back those before it.',
    ),
    ...SECTIONS.flatMap(({ title, options }) => [
      `.SH ${title.toUpperCase()}`,
      ...namesIn(options).flatMap((name) => tagged([name, manualText(name)])),
    ]),
    '.SH SEE ALSO',
    '.BR ddgreyd (8),\n.BR ddgrey (1)',
  ]);
}

function manualText(name: OptionName): string {
  const { about, aliases, recommended, type, default: standard, defaultNote, restart } = anyOption(name);
  const said = (value: unknown): string => writtenLines(type, value).join(', ') || 'none';
  return [
    about,
    `Allowed: ${type.allowed}.`,
    `Default: ${defaultNote ?? said(standard)}.`,
    ...(recommended === undefined ? [] : [`Recommended: ${said(recommended.value)}. ${recommended.why}`]),
    ...(aliases === undefined ? [] : [`Also known as ${aliases.join(', ')}.`]),
    ...(restart === undefined ? [] : ['A change takes a restart.']),
  ].join(' ');
}

function configLines(name: OptionName): readonly string[] {
  const { about, recommended, type, default: standard, defaultNote } = anyOption(name);
  const set = (value: unknown): readonly string[] =>
    writtenLines(type, value).map((line) => `${name} ${line}`.trimEnd());
  if (recommended !== undefined) {
    const comment = wrapped(`${about} ${recommended.why}`, COMMENT);
    return [...comment, `# Default: ${defaultNote ?? type.write(standard)}`, ...set(recommended.value)];
  }
  if (defaultNote !== undefined) return [...wrapped(about, COMMENT), `#${name}    (default: ${defaultNote})`];
  return [...wrapped(about, COMMENT), ...set(standard).map((line) => `#${line}`)];
}

function pageLines(name: OptionName): readonly string[] {
  const { about, aliases, recommended, type, default: standard, defaultNote, restart, tables } = anyOption(name);
  const values = (value: unknown): string =>
    writtenLines(type, value)
      .map((line) => `\`${line}\``)
      .join(', ');
  return [
    `### ${name}`,
    '',
    ...wrapped(about, PARAGRAPH),
    '',
    ...wrapped(`Allowed: ${type.allowed}`, ITEM),
    `- Default: ${defaultNote ?? values(standard)}`,
    ...(recommended === undefined
      ? []
      : wrapped(`Recommended: ${values(recommended.value)}. ${recommended.why}`, ITEM)),
    ...(aliases === undefined ? [] : [`- Also known as: ${aliases.map((alias) => `\`${alias}\``).join(', ')}`]),
    ...(restart === undefined ? [] : ['- A change takes effect when the daemon is started anew.']),
    ...(tables ?? []).flatMap((table) => ['', ...tableLines(table)]),
  ];
}

function tableLines({ headings, rows }: Table): readonly string[] {
  return [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function writtenLines(type: OptionType<unknown>, value: unknown): readonly string[] {
  return type.write(value).split('\n');
}

const COMMENT: Layout = { first: '# ', others: '# ', width: 98 };
const PARAGRAPH: Layout = { first: '', others: '', width: 120 };
const ITEM: Layout = { first: '- ', others: '  ', width: 120 };

function namesIn(options: object): readonly OptionName[] {
  return Object.keys(options) as OptionName[];
}
