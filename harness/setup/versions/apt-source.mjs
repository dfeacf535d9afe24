// @ts-check
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compareVersions, isOfVersion, versionIn } from '../../versions/version-name.mjs';
import { ask, findCommand, run } from '../processes.mjs';
import { familyOf } from './version-cache.mjs';

/** What the packages are called, and where the browser is in them. */
const PACKAGES = {
  chrome: { packages: ['chromium', 'chromium-common'], executable: 'usr/lib/chromium/chromium' },
  firefox: { packages: ['firefox-esr'], executable: 'usr/lib/firefox-esr/firefox-esr' },
};

/**
 * Other versions of Debian's packages, fetched and unpacked beside the one that is installed: nothing is installed, and
 * nobody needs to be root.
 *
 * @type {import('./install-version.mjs').VersionSource}
 */
export const aptSource = {
  name: 'the packages of apt',
  list: async ({ browser }, { env }) => packaged(browser, env).map(({ version }) => version),
  async install({ browser, version }, folder, { env, log }) {
    const { packages, executable } = PACKAGES[familyOf(browser)];
    if (!findCommand('apt-get', env)) throw new Error('there is no apt-get');
    const found = packaged(browser, env).find((each) => isOfVersion(each.version, version));
    if (!found) throw new Error(`apt knows no ${packages[0]} of that version`);
    const archives = join(folder, 'archives');
    mkdirSync(archives);
    const wanted = packages.map((name) => `${name}=${found.package}`);
    log(`${browser}@${version}: apt-get download ${wanted.join(' ')}`);
    await done(run(['apt-get', 'download', '-qq', ...wanted], { env, cwd: archives }));
    for (const archive of readdirSync(archives)) {
      await done(run(['dpkg-deb', '-x', join(archives, archive), folder], { env, cwd: folder }));
    }
    rmSync(archives, { recursive: true });
    return { executable };
  },
};

/**
 * What apt knows of a browser, newest first.
 *
 * @param {string} browser
 * @param {import('../executables.mjs').Environment} env
 */
function packaged(browser, env) {
  if (!findCommand('apt-cache', env)) return [];
  const [name = ''] = PACKAGES[familyOf(browser)].packages;
  const lines = (ask(['apt-cache', 'madison', name], env) ?? '').split('\n');
  return lines
    .flatMap((line) => {
      const [, text = ''] = line.split('|').map((cell) => cell.trim());
      const version = versionIn(text);
      return version === undefined ? [] : { version, package: text };
    })
    .toSorted((a, b) => compareVersions(b.version, a.version));
}

/** @param {Promise<string | undefined>} running */
async function done(running) {
  const why = await running;
  if (why !== undefined) throw new Error(why);
}
