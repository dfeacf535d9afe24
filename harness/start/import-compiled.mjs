// @ts-check
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { areUnchanged, inputsOf, NODE_MODULES_OUT, ownUrls, replaceFile } from './bundle.mjs';
import { prune } from './prune.mjs';

/**
 * @typedef {import('esbuild').Plugin} Plugin
 * @typedef {{ inputs: import('./bundle.mjs').Input[], version: string }} Manifest `version`: another one for another content.
 * @typedef {Manifest & { text: string }} Compiled
 */

const API_SOURCE = fileURLToPath(new URL('../index.ts', import.meta.url));

/** Marks a resolution that this plugin started itself. */
const OURS = Symbol('resolved by callrig');

/**
 * How users' files (scenarios, callrig.config.ts) are imported: compiled with what they import relatively, once for
 * each change. `callrig`, or a relative path to harness/index.ts, is the instance that is running; other packages are
 * found from where the file is.
 *
 * @param {{ cache: string, api: string }} where `api`: URL of the running harness/index.ts.
 * @returns {(file: string) => Promise<unknown>} Rejects with esbuild's `BuildFailure` if the file does not parse.
 */
export function importCompiled({ cache, api }) {
  return async (file) => {
    process.setSourceMapsEnabled(true);
    const name = createHash('sha256').update(`${api}\n${file}`).digest('hex').slice(0, 16);
    const target = join(cache, 'files', name);
    const version = versionIfFresh(`${target}.json`);
    if (version !== undefined) return importVersion(target, version);
    const compiled = await compile(file, target, api);
    const isSaved = await save(target, compiled).then(
      () => true,
      () => false,
    );
    return isSaved ? importVersion(target, compiled.version) : importOnce(compiled);
  };
}

/**
 * Where the cache cannot be written, as in a read-only container.
 *
 * @param {Compiled} compiled
 */
async function importOnce(compiled) {
  const folder = await mkdtemp(join(tmpdir(), 'callrig-file-'));
  try {
    const target = join(folder, 'module');
    await writeFile(`${target}.mjs`, compiled.text);
    return await importVersion(target, compiled.version);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * A changed file is another module.
 *
 * @param {string} target
 * @param {string} version
 */
function importVersion(target, version) {
  const url = pathToFileURL(`${target}.mjs`);
  url.search = version;
  return import(url.href);
}

/**
 * @param {string} manifest
 * @returns {string | undefined}
 */
function versionIfFresh(manifest) {
  try {
    /** @type {Manifest} */
    const { inputs, version } = JSON.parse(readFileSync(manifest, 'utf8'));
    return areUnchanged(inputs) ? version : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} file
 * @param {string} target Where it will be, without extension.
 * @param {string} api
 * @returns {Promise<Compiled>}
 */
async function compile(file, target, api) {
  const { build } = await import('esbuild');
  const startedMs = Date.now();
  const { outputFiles, metafile } = await build({
    ...NODE_MODULES_OUT,
    absWorkingDir: dirname(file),
    entryPoints: [file],
    outfile: `${target}.mjs`,
    sourcemap: 'inline',
    plugins: [externals(api), ownUrls()],
    write: false,
    metafile: true,
  });
  const inputs = await inputsOf(metafile, { base: dirname(file), startedMs });
  const text = outputFiles[0]?.text ?? '';
  return { text, inputs, version: createHash('sha256').update(text).digest('hex').slice(0, 8) };
}

/**
 * @param {string} target
 * @param {Compiled} compiled
 */
async function save(target, { text, inputs, version }) {
  await mkdir(dirname(target), { recursive: true });
  await replaceFile(`${target}.mjs`, text);
  await replaceFile(`${target}.json`, JSON.stringify({ inputs, version }));
  const name = basename(target);
  await prune(dirname(target), (each) => !each.startsWith(name));
}

/**
 * What is not compiled into a user's file: Callrig itself and packages.
 *
 * @param {string} api
 * @returns {Plugin}
 */
function externals(api) {
  return {
    name: 'externals',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async ({ path, kind, resolveDir, pluginData }) => {
        if (kind === 'entry-point' || pluginData === OURS) return undefined;
        if (path === 'callrig') return { path: api, external: true };
        const isRelative = /^[./]|^[A-Za-z]:[\\/]/.test(path);
        if (isRelative && resolve(resolveDir, path) === API_SOURCE) return { path: api, external: true };
        if (isRelative) return undefined;
        const found = await build.resolve(path, { kind, resolveDir, pluginData: OURS });
        if (found.errors.length > 0) return { errors: found.errors };
        if (found.external) return { path: found.path, external: true };
        return { path: pathToFileURL(found.path).href, external: true };
      });
    },
  };
}
