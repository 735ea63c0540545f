// The programs in C that belong to the benchmark, built when a compiler is there.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const built = new Map<string, string | undefined>();

/** The path of the program that `bench/NAME.c` makes; undefined without a compiler. Throws if it does not compile. */
export function compiled(name: string): string | undefined {
  if (!built.has(name)) built.set(name, compile(name));
  return built.get(name);
}

function compile(name: string): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'ddgrey-bench-'));
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  const program = join(directory, name);
  const source = join(import.meta.dirname, `${name}.c`);
  const { error, status, stderr } = spawnSync('cc', ['-O2', '-Wall', '-Wextra', '-o', program, source]);
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`${name}.c: ${stderr.toString()}`);
  return program;
}
