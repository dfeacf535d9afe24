import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { pathToFileURL } from 'node:url';
import { toError, type Problem } from '../errors.ts';

/** Imports a module by the absolute path of its file; how TypeScript is understood is the caller's affair. */
export type ImportModule = (file: string) => Promise<unknown>;

export interface ImportOptions {
  /** Absolute. */
  file: string;
  /** The path as the user would write it. */
  shown: string;
  importModule: ImportModule;
}

/**
 * The default export of a user's TypeScript or JavaScript file. A file that cannot be read, parsed or run gives problems
 * that say where, and `undefined`.
 */
export async function importFile(options: ImportOptions, problems: Problem[]): Promise<unknown> {
  const { file, shown, importModule } = options;
  let module: unknown;
  try {
    await readFile(file);
    module = await importModule(file);
  } catch (thrown) {
    problems.push(...importProblems(toError(thrown), file, shown));
    return undefined;
  }
  if (typeof module === 'object' && module !== null && 'default' in module) return module.default;
  problems.push({ path: shown, expected: 'a default export', got: 'none' });
  return undefined;
}

function importProblems(error: Error, file: string, shown: string): Problem[] {
  const failures = buildFailures(error);
  if (failures.length > 0) return failures.map((failure) => buildProblem(failure, file, shown));
  const missing = /Cannot find (?:package|module) '([^']+)'/.exec(error.message)?.[1];
  if (missing !== undefined) return [missingImport(missing, shown)];
  return [
    {
      path: `${shown}${placeIn(error, file)}`,
      expected: error.name === 'SyntaxError' ? 'a file that parses' : 'a file that runs when imported',
      got: `${error.name}: ${firstLine(error.message)}`,
    },
  ];
}

/** One message of esbuild's `BuildFailure`. */
interface BuildMessage {
  text: string;
  location: { file: string; line: number; column: number } | null;
}

/** @see https://esbuild.github.io/api/#build-failures */
function buildFailures(error: Error): BuildMessage[] {
  return 'errors' in error && Array.isArray(error.errors) ? (error.errors as BuildMessage[]) : [];
}

function buildProblem({ text, location }: BuildMessage, file: string, shown: string): Problem {
  const isOther = location !== null && !file.endsWith(location.file);
  const place = location ? `:${location.line}:${location.column + 1}` : '';
  const path = `${isOther ? location.file : shown}${place}`;
  const missing = /^Could not resolve "([^"]+)"/.exec(text)?.[1];
  if (missing !== undefined) return missingImport(missing, path);
  return { path, expected: 'a file that parses', got: text };
}

function missingImport(name: string, path: string): Problem {
  const isPackage = !/^[./]|^file:|^[A-Za-z]:/.test(name) && !isBuiltin(name);
  return {
    path,
    expected: 'imports that are there',
    got: `no ${name}`,
    ...(isPackage && { hint: `install it: npm install --save-dev ${name}` }),
  };
}

/** `:line:column` of the innermost frame inside the file. */
function placeIn(error: Error, file: string): string {
  const names = [file, pathToFileURL(file).href];
  const frame = (error.stack ?? '').split('\n').find((line) => names.some((name) => line.includes(name)));
  return /(:\d+:\d+)\)?$/.exec(frame ?? '')?.[1] ?? '';
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
