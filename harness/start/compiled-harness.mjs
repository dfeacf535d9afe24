// @ts-check
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { areUnchanged, inputsOf, NODE_MODULES_OUT, ownUrls, replaceFile } from './bundle.mjs';
import { prune } from './prune.mjs';

/** Where everything that can be made again is kept, below the package's root. */
export const CACHE = join('node_modules', '.cache', 'callrig');

/**
 * @typedef {object} Compiled
 * @property {string} main URL of harness/main.ts, compiled.
 * @property {string} api URL of harness/index.ts, compiled: the same instance that `main` runs with.
 *
 * @typedef {{ root: string, folder: string, inputs: import('./bundle.mjs').Input[] }} Manifest
 */

/**
 * Callrig as JavaScript, compiled at the first start and whenever a source changed. Loading TypeScript file by file
 * costs half a second at every start, and starting up is part of what users wait for.
 *
 * @param {string} root The package's.
 * @returns {Promise<Compiled>} Rejects if the cache cannot be written.
 */
export async function compiledHarness(root) {
  const cache = join(root, CACHE);
  const manifest = readManifest(cache);
  const folder = isFresh(manifest, { root, cache }) ? manifest.folder : await compile(root, cache);
  const urlOf = (/** @type {string} */ name) => pathToFileURL(join(cache, folder, name)).href;
  return { main: urlOf('main.js'), api: urlOf('index.js') };
}

/**
 * @param {string} cache
 * @returns {Manifest | undefined}
 */
function readManifest(cache) {
  try {
    return JSON.parse(readFileSync(join(cache, 'harness.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Working trees that share their node_modules share the cache, too, and each wants its own sources.
 *
 * @param {Manifest | undefined} manifest
 * @param {{ root: string, cache: string }} where
 * @returns {manifest is Manifest}
 */
function isFresh(manifest, { root, cache }) {
  if (manifest?.root !== root) return false;
  return existsSync(join(cache, manifest.folder, 'main.js')) && areUnchanged(manifest.inputs);
}

/**
 * @param {string} root
 * @param {string} cache
 * @returns {Promise<string>} Name of the folder in the cache.
 */
async function compile(root, cache) {
  const { build } = await import('esbuild');
  const startedMs = Date.now();
  // Nothing is written there: it is as deep as where the files go, for the paths in source maps.
  const out = join(cache, 'harness');
  const { outputFiles, metafile } = await build({
    ...NODE_MODULES_OUT,
    absWorkingDir: root,
    entryPoints: ['harness/main.ts', 'harness/index.ts'],
    outdir: out,
    splitting: true,
    packages: 'external',
    sourcemap: 'linked',
    plugins: [ownUrls()],
    write: false,
    metafile: true,
  });
  const inputs = await inputsOf(metafile, { base: root, startedMs });
  const hash = createHash('sha256');
  for (const { path, contents } of outputFiles) hash.update(path).update(contents);
  const folder = `harness-${hash.digest('hex').slice(0, 16)}`;
  const making = join(cache, `${folder}.${randomUUID()}.tmp`);
  await mkdir(making, { recursive: true });
  await Promise.all(
    outputFiles.map(({ path, contents }) => writeFile(join(making, path.slice(out.length + 1)), contents)),
  );
  await moveInto(making, join(cache, folder));
  await replaceFile(join(cache, 'harness.json'), JSON.stringify({ root, folder, inputs }));
  await prune(cache, (name) => name.startsWith('harness-') && name !== folder);
  return folder;
}

/**
 * Another process may have made the same at the same time: then its is as good.
 *
 * @param {string} made
 * @param {string} folder
 */
async function moveInto(made, folder) {
  try {
    await rename(made, folder);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    if (!existsSync(join(folder, 'main.js'))) throw error;
  }
}
