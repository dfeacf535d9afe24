import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { pathToFileURL } from 'node:url';
import { toError, type Problem } from '../errors.ts';

/**
 * The default export of a user's TypeScript or JavaScript file. A file that cannot be read, parsed or run is one problem
 * that says where, and the result is `undefined`.
 *
 * @param shown The path as the user would write it.
 */
export async function importFile(file: string, shown: string, problems: Problem[]): Promise<unknown> {
  const before = problems.length;
  const module = await importModule(file, shown, problems);
  if (problems.length > before) return undefined;
  if (typeof module === 'object' && module !== null && 'default' in module) return module.default;
  problems.push({ path: shown, expected: 'a default export', got: 'none' });
  return undefined;
}

async function importModule(file: string, shown: string, problems: Problem[]): Promise<unknown> {
  try {
    await readFile(file);
    const module: unknown = await import(pathToFileURL(file).href);
    return module;
  } catch (thrown) {
    problems.push(importProblem(toError(thrown), file, shown));
    return undefined;
  }
}

function importProblem(error: Error, file: string, shown: string): Problem {
  const syntax = syntaxError(error);
  if (syntax)
    return { path: `${shown}:${syntax.place}`, expected: 'a file that parses', got: syntax.message };
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(error.message)?.[1];
  if (missing !== undefined) {
    const name = pathToFileURL(file).href === missing ? shown : missing;
    return {
      path: shown,
      expected: 'imports that are there',
      got: `no ${name}`,
      ...(isPackage(missing) ? { hint: `install it: npm install --save-dev ${missing}` } : {}),
    };
  }
  return {
    path: `${shown}${placeIn(error, file)}`,
    expected: 'a file that runs when imported',
    got: `${error.name}: ${firstLine(error.message)}`,
  };
}

/** What esbuild says: `…/file.ts:3:5: ERROR: Expected "}" but found end of file`. */
function syntaxError(error: Error): { place: string; message: string } | undefined {
  const [, place, message] = /:(\d+:\d+): (?:ERROR|error): (.+)/.exec(error.message) ?? [];
  if (place !== undefined && message !== undefined) return { place, message };
  if (error.name !== 'SyntaxError') return undefined;
  const line = /:(\d+)\n/.exec(error.stack ?? '')?.[1] ?? '1';
  return { place: line, message: firstLine(error.message) };
}

/** `:line:column` of the innermost frame inside the file. */
function placeIn(error: Error, file: string): string {
  const frame = (error.stack ?? '').split('\n').find((line) => line.includes(file));
  return /(:\d+:\d+)\)?(\?.*)?$/.exec(frame ?? '')?.[1] ?? '';
}

function isPackage(name: string): boolean {
  return !/^[./]|^file:/.test(name) && !isBuiltin(name);
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
