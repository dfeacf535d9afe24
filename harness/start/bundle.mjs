// @ts-check
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * @typedef {import('esbuild').BuildOptions} BuildOptions
 * @typedef {import('esbuild').Plugin} Plugin
 * @typedef {[path: string, size: number, mtimeMs: number]} Input A file as it was when it was compiled; absolute.
 */

/** @type {Readonly<Record<string, import('esbuild').Loader>>} */
const LOADERS = { '.ts': 'ts', '.mts': 'ts', '.js': 'js', '.mjs': 'js', '.json': 'json' };

/** What every bundle of ours has in common: ES modules for the Node that runs this. @type {BuildOptions} */
export const NODE_MODULES_OUT = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: `node${process.versions.node}`,
  charset: 'utf8',
  logLevel: 'silent',
  write: false,
  metafile: true,
};

const NAMESPACE = 'own-url';

/**
 * Lets each file keep its own `import.meta.url`, though many become one: what lies beside a source file is found where
 * it was. Lines and columns stay as they are, for error messages.
 *
 * @returns {Plugin}
 */
export function ownUrls() {
  return {
    name: 'own-urls',
    setup(build) {
      build.initialOptions.define = { ...build.initialOptions.define, 'import.meta.url': '__ownUrl' };
      build.onLoad({ filter: /\.m?[jt]s$/, namespace: 'file' }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!text.includes('import.meta.url')) return undefined;
        // At the end: imports are hoisted.
        const contents = `${text}\nimport __ownUrl from ${JSON.stringify(`${NAMESPACE}:${path}`)};`;
        return { contents, loader: LOADERS[extname(path)] ?? 'js' };
      });
      build.onResolve({ filter: /^own-url:/ }, ({ path }) => ({
        path: path.slice(NAMESPACE.length + 1),
        namespace: NAMESPACE,
      }));
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: `export default ${JSON.stringify(pathToFileURL(path).href)};`,
      }));
    },
  };
}

/** As fine as file systems tell times apart, with some to spare. */
const CLOCK_MS = 50;

/**
 * The files that a bundle was made of, and what tells whether they changed since. One that was written about when it
 * was read may have been read before: it counts as changed the next time.
 *
 * @param {import('esbuild').Metafile} metafile
 * @param {{ base: string, startedMs: number }} build What its paths are relative to; epoch ms when it started.
 * @returns {Promise<Input[]>}
 */
export async function inputsOf(metafile, { base, startedMs }) {
  const paths = Object.keys(metafile.inputs).filter((path) => !path.startsWith(`${NAMESPACE}:`));
  return Promise.all(
    paths.map(async (path) => {
      const absolute = resolve(base, path);
      const { size, mtimeMs } = await stat(absolute);
      return /** @type {Input} */ ([absolute, size, mtimeMs < startedMs - CLOCK_MS ? mtimeMs : -1]);
    }),
  );
}

/** @param {readonly Input[]} inputs */
export function areUnchanged(inputs) {
  return inputs.every(([path, size, mtimeMs]) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.size === size && found.mtimeMs === mtimeMs;
  });
}

/**
 * Writes a whole file or nothing, whoever else writes it at the same time.
 *
 * @param {string} path
 * @param {string} text
 */
export async function replaceFile(path, text) {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, path);
}
