// Dialog files: what a client sends and what it must be answered, line by line. The form is told in dialogs/README.md.

export type Step =
  | { readonly kind: 'send'; readonly bytes: Buffer }
  | { readonly kind: 'expect'; readonly text: string }
  | { readonly kind: 'closed' | 'half-close' | 'hang-up' }
  | { readonly kind: 'on'; readonly connection: string }
  | { readonly kind: 'clock'; readonly seconds: number }
  | { readonly kind: 'slow' | 'ready'; readonly client: string };

/** A step and the line of the file that it comes from. */
export interface DialogLine {
  readonly step: Step;
  readonly line: number;
}

/** The steps of a dialog. `lineEnd` is what a line of the protocol ends with. Throws on a line that means nothing. */
export function parseDialog(text: string, lineEnd: string): readonly DialogLine[] {
  return text.split('\n').flatMap((content, index) => {
    if (content.trim() === '' || content.startsWith('#')) return [];
    const step = parseStep(content, lineEnd);
    if (step === undefined) throw new Error(`line ${index + 1}: no step of a dialog: ${content}`);
    return [{ step, line: index + 1 }];
  });
}

function parseStep(content: string, lineEnd: string): Step | undefined {
  const [, word = '', rest = ''] = /^(\S+) ?(.*)$/.exec(content) ?? [];
  switch (word) {
    case '>':
      return { kind: 'send', bytes: Buffer.from(rest + lineEnd) };
    case '>|':
      return { kind: 'send', bytes: unescape(rest) };
    case '>*': {
      const [, times, what = ''] = /^(\d+) (.*)$/.exec(rest) ?? [];
      return { kind: 'send', bytes: unescape(what.repeat(Number(times))) };
    }
    case '<':
      return { kind: 'expect', text: rest + lineEnd };
    case '<|':
      return { kind: 'expect', text: unescape(rest).toString() };
    case 'on':
      return { kind: word, connection: rest };
    case 'slow':
    case 'ready':
      return { kind: word, client: rest };
    case 'clock':
      return /^[+]\d+$/.test(rest) ? { kind: word, seconds: Number(rest) } : undefined;
    default:
      return word === 'closed' || word === 'half-close' || word === 'hang-up' ? { kind: word } : undefined;
  }
}

const ESCAPED: { readonly [character: string]: string } = { r: '\r', n: '\n', t: '\t', '0': '\0', '\\': '\\' };

/** `\r`, `\n`, `\t`, `\0`, `\\` and `\xHH` (a byte); all else as UTF-8. */
function unescape(text: string): Buffer {
  const parts = text.split(/(\\x[0-9a-f]{2}|\\[rnt0\\])/i);
  return Buffer.concat(
    parts.map((part, index) => {
      if (index % 2 === 0) return Buffer.from(part);
      return part[1] === 'x' ? Buffer.from(part.slice(2), 'hex') : Buffer.from(ESCAPED[part[1] ?? ''] ?? '');
    }),
  );
}
