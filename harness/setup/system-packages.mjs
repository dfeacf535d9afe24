// @ts-check
import { readFileSync } from 'node:fs';
import { ask, findCommand } from './processes.mjs';

/**
 * @typedef {import('./executables.mjs').Environment} Environment
 *
 * @typedef {object} PackageManager
 * @property {string} name
 * @property {string[]} install The command that package names follow.
 * @property {Readonly<Record<string, string>>} packages Thing → its usual package.
 *
 * @typedef {object} System
 * @property {PackageManager | undefined} manager `undefined` when none is known here.
 * @property {string[]} sudo What makes a command run as root: nothing for root itself.
 * @property {string | undefined} cannot Why nothing can be installed without asking; `undefined` when it can.
 * @property {boolean} ubuntu Whether apt's browsers are stubs for snaps.
 */

const LINUX = { coturn: 'coturn', nft: 'nftables', wirefilter: 'vde2', tshark: 'tshark', firefox: 'firefox' };

/**
 * In the order in which they are looked for. Only apt is run by itself; the others' commands are printed.
 *
 * @type {readonly PackageManager[]}
 */
const MANAGERS = [
  {
    name: 'apt-get',
    install: ['apt-get', 'install', '-y', '--no-install-recommends'],
    packages: {
      ...LINUX,
      chrome: 'chromium',
      firefox: 'firefox-esr',
      ip: 'iproute2',
      tc: 'iproute2',
      java: 'default-jre-headless',
      chromedriver: 'chromium-driver',
      'headless-shell': 'chromium-headless-shell',
    },
  },
  {
    name: 'dnf',
    install: ['dnf', 'install', '-y'],
    packages: {
      ...LINUX,
      chrome: 'chromium',
      ip: 'iproute',
      tc: 'iproute-tc',
      tshark: 'wireshark-cli',
      java: 'java-17-openjdk-headless',
      chromedriver: 'chromedriver',
    },
  },
  {
    name: 'pacman',
    install: ['pacman', '-S', '--noconfirm'],
    packages: {
      ...LINUX,
      chrome: 'chromium',
      ip: 'iproute2',
      tc: 'iproute2',
      tshark: 'wireshark-cli',
      java: 'jre-openjdk-headless',
      chromedriver: 'chromium',
    },
  },
  {
    name: 'zypper',
    install: ['zypper', 'install', '-y'],
    packages: {
      ...LINUX,
      chrome: 'chromium',
      firefox: 'MozillaFirefox',
      ip: 'iproute2',
      tc: 'iproute2',
      tshark: 'wireshark',
      java: 'java-17-openjdk-headless',
      chromedriver: 'chromedriver',
    },
  },
  {
    name: 'apk',
    install: ['apk', 'add'],
    packages: {
      ...LINUX,
      chrome: 'chromium',
      ip: 'iproute2',
      tc: 'iproute2-tc',
      java: 'openjdk17-jre-headless',
      chromedriver: 'chromium-chromedriver',
    },
  },
  {
    name: 'brew',
    install: ['brew', 'install'],
    packages: {
      chrome: 'google-chrome',
      firefox: 'firefox',
      coturn: 'coturn',
      java: 'openjdk',
      chromedriver: 'chromedriver',
    },
  },
  {
    name: 'winget',
    install: ['winget', 'install'],
    packages: { chrome: 'Google.Chrome', firefox: 'Mozilla.Firefox' },
  },
];

/** Installed beside a browser when apt knows them: its sandbox helper, and a font, without which pages stay empty. */
const BESIDE = ['chromium-sandbox', 'fonts-liberation'];

/**
 * What apt may call a thing, best first; the first real one is taken.
 *
 * @type {Readonly<Record<string, string[]>>}
 */
const APT_NAMES = { chrome: ['chromium', 'chromium-browser'], firefox: ['firefox-esr', 'firefox'] };

/**
 * What this machine's package manager is and whether it may be used without asking anybody.
 *
 * @param {Environment} env
 * @param {{ platform?: string, uid?: number | undefined }} [options]
 * @returns {System}
 */
export function detectSystem(env, { platform = process.platform, uid = process.getuid?.() } = {}) {
  const manager = MANAGERS.find(({ name }) => findCommand(name, env, platform));
  const rootless = manager?.name === 'brew' || manager?.name === 'winget';
  const needsSudo = uid !== 0 && !rootless;
  return {
    manager,
    sudo: needsSudo ? ['sudo'] : [],
    cannot: whyNot(manager, needsSudo, env),
    ubuntu: platform === 'linux' && /^ID="?ubuntu"?$/m.test(readOsRelease()),
  };
}

/**
 * @param {PackageManager | undefined} manager
 * @param {boolean} needsSudo
 * @param {Environment} env
 */
function whyNot(manager, needsSudo, env) {
  if (!manager) return 'no package manager known to Callrig is here';
  if (manager.name !== 'apt-get') return `Callrig does not run ${manager.name} by itself`;
  if (!needsSudo) return undefined;
  if (!findCommand('sudo', env)) return 'apt-get needs root, and there is no sudo';
  return ask(['sudo', '-n', 'true'], env) === undefined
    ? 'apt-get needs root, and sudo asks for a password'
    : undefined;
}

function readOsRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

/**
 * The exact command that gets things, for a person to run; `undefined` when no package here has any of them.
 *
 * @param {readonly string[]} things
 * @param {System} system
 */
export function installCommand(things, { manager, sudo, ubuntu }) {
  if (!manager) return undefined;
  /** @param {string} thing */
  const bySnap = (thing) => ubuntu && manager.name === 'apt-get' && thing in APT_NAMES;
  const snaps = things.filter(bySnap).map((thing) => (thing === 'chrome' ? 'chromium' : thing));
  const packages = new Set(
    things.filter((thing) => !bySnap(thing)).flatMap((thing) => manager.packages[thing] ?? []),
  );
  const commands = [
    ...(packages.size > 0 ? [[...sudo, ...manager.install, ...packages]] : []),
    ...(snaps.length > 0 ? [[...sudo, 'snap', 'install', ...snaps]] : []),
  ];
  return commands.length > 0 ? commands.map((command) => command.join(' ')).join(' && ') : undefined;
}

/**
 * The packages that apt has for things, after `apt-get update`. A package that only fetches a snap is none: a snap
 * does not install in a container, and its browser cannot read our profile folders.
 *
 * @param {readonly string[]} things
 * @param {(name: string) => string | undefined} show What `apt-cache show` says of a package.
 * @returns {{ packages: string[], unknown: string[] }} `unknown`: things that no real package has.
 */
export function choosePackages(things, show) {
  /** @param {string} name */
  const isReal = (name) => {
    const text = show(name);
    return text !== undefined && text.trim() !== '' && !/^(Pre-)?Depends:.*\bsnapd\b/m.test(text);
  };
  const [apt] = MANAGERS;
  /** @type {Set<string>} */
  const packages = new Set();
  const unknown = [];
  for (const thing of things) {
    const names = APT_NAMES[thing] ?? [apt?.packages[thing] ?? thing];
    const name = names.find(isReal);
    if (name) packages.add(name);
    else unknown.push(thing);
    if (name?.startsWith('chromium')) BESIDE.filter(isReal).forEach((each) => packages.add(each));
  }
  return { packages: [...packages], unknown };
}

/**
 * Commands to run after a thing was installed by apt, on a machine with systemd: Debian's package starts a TURN
 * server that listens on every address, and ours is started per run.
 *
 * @param {readonly string[]} things
 * @param {Environment} env
 * @returns {string[][]}
 */
export function afterInstall(things, env) {
  if (!things.includes('coturn') || !findCommand('systemctl', env)) return [];
  return [['systemctl', 'disable', '--now', 'coturn']];
}
