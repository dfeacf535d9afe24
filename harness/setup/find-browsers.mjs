// @ts-check
import { homedir } from 'node:os';
import { askVersion, guessKind, parseExecutable } from './browser-kind.mjs';
import {
  cachedPaths,
  DISK,
  isSnap,
  isSnapStub,
  pathsOfCommand,
  pathsOn,
  puppeteerCache,
  usualPlaces,
} from './executables.mjs';
import { isOfVersion, parseVersionedName, VERSIONED_BROWSERS, versionIn } from '../versions/version-name.mjs';
import { DEFAULT_BROWSERS, KNOWN_BROWSERS } from './known-browsers.mjs';
import { cachedVersion, familyOf, versionCache } from './versions/version-cache.mjs';
import { nearest } from './nearest.mjs';

export { askVersion, guessKind, parseBrowserFlag } from './browser-kind.mjs';
export { DEFAULT_BROWSERS, KNOWN_BROWSERS } from './known-browsers.mjs';
export { nearest } from './nearest.mjs';

/**
 * @typedef {import('../plan/plan.ts').BrowserKind} BrowserKind
 * @typedef {import('../errors.ts').Problem} Problem
 * @typedef {import('./executables.mjs').Environment} Environment
 * @typedef {import('./executables.mjs').Files} Files
 *
 * @typedef {object} FoundBrowser
 * @property {string} name What the user calls it.
 * @property {BrowserKind} kind
 * @property {string} executablePath
 * @property {string} source `--browser`, `config`, a variable's name, `PATH`, `usual place`, `puppeteer cache`, `callrig cache`.
 * @property {string} [version] In full, if it was asked for by version.
 *
 * @typedef {object} MissingBrowser
 * @property {string} name
 * @property {BrowserKind} kind
 * @property {string[]} looked Where, a line each.
 *
 * @typedef {object} Search
 * @property {FoundBrowser[]} found In the order wanted.
 * @property {MissingBrowser[]} missing Known browsers that are nowhere.
 * @property {Problem[]} problems Names nobody knows and executables that cannot be run, all of them.
 *
 * @typedef {object} SearchOptions
 * @property {readonly string[]} [wanted] Names. Default: chrome and firefox, and every name given by flag or config.
 * @property {Readonly<Record<string, string>>} [explicit] Name → executable from `--browser`; `chromium:/path` forces the kind.
 * @property {Readonly<Record<string, string>>} [config] The same from the config file; a flag wins over it.
 * @property {Environment} [env]
 * @property {string} [platform] Node's `process.platform`.
 * @property {Files} [files]
 */

/**
 * Finds browsers without launching any: flag, config, environment variable, PATH, usual places, puppeteer's cache; a
 * snap comes last. Never throws for what is missing or wrong: it says so.
 *
 * @param {SearchOptions} [options]
 * @returns {Search}
 */
export function findBrowsers({
  explicit = {},
  config = {},
  wanted = [...new Set([...DEFAULT_BROWSERS, ...Object.keys(config), ...Object.keys(explicit)])],
  env = process.env,
  platform = process.platform,
  files = DISK,
} = {}) {
  const homeVariable = platform === 'win32' ? 'USERPROFILE' : 'HOME';
  const place = { env: { ...env, [homeVariable]: env[homeVariable] ?? homedir() }, platform, files };
  /** @type {Search} */
  const search = { found: [], missing: [], problems: [] };
  for (const name of new Set(wanted)) findOne(name, { explicit, config, ...place }, search);
  return search;
}

/**
 * @param {string} name
 * @param {Required<Omit<SearchOptions, 'wanted'>>} where
 * @param {Search} search Receives the outcome.
 */
function findOne(name, where, search) {
  const given = givenBy(name, where);
  if (given) {
    const outcome = checkGiven(name, given, where);
    if ('problem' in outcome) search.problems.push(outcome.problem);
    else search.found.push(outcome);
    return;
  }
  if (parseVersionedName(name)) {
    findVersion(name, where, search);
    return;
  }
  const known = KNOWN_BROWSERS[name];
  if (!known) {
    search.problems.push(unknownName(name));
    return;
  }
  const hit = firstUsable(name, where);
  if (hit) search.found.push({ name, kind: known.kind, ...hit });
  else search.missing.push({ name, kind: known.kind, looked: whereLooked(name, where) });
}

/**
 * `chrome@138`: from Callrig's own cache, else the usual one if it is of that version.
 *
 * @param {string} name
 * @param {Required<Omit<SearchOptions, 'wanted'>>} where
 * @param {Search} search Receives the outcome.
 */
function findVersion(name, where, search) {
  const { browser = '', version = '' } = parseVersionedName(name) ?? {};
  if (!VERSIONED_BROWSERS.includes(browser)) {
    search.problems.push(unknownName(name));
    return;
  }
  /** @type {BrowserKind} */
  const kind = familyOf(browser) === 'firefox' ? 'firefox' : 'chromium';
  const cached = cachedVersion(browser, version, where.env);
  if (cached) {
    const { executablePath } = cached;
    search.found.push({ name, kind, executablePath, source: 'callrig cache', version: cached.version });
    return;
  }
  const usual = firstUsable(browser, where);
  const said = usual && versionIn(askVersion(usual.executablePath, where.platform) ?? '');
  if (usual && said !== undefined && isOfVersion(said, version)) {
    search.found.push({ name, kind, ...usual, version: said });
    return;
  }
  const cache = `callrig's cache: ${versionCache(where.env)}`;
  const other = usual
    ? `${usual.executablePath}: it is ${said ?? 'of an unknown version'}`
    : `${browser}: nowhere`;
  search.missing.push({ name, kind, looked: [`environment: ${variableOf(name)}`, cache, other] });
}

/** @param {string} name */
const variableOf = (name) => `CALLRIG_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;

/**
 * @param {string} name
 * @param {Required<Omit<SearchOptions, 'wanted'>>} where
 * @returns {{ value: string, source: string, path: string } | undefined}
 */
function givenBy(name, { explicit, config, env }) {
  const variable = variableOf(name);
  const fromFlag = explicit[name];
  if (fromFlag !== undefined) return { value: fromFlag, source: '--browser', path: `--browser ${name}` };
  const fromConfig = config[name];
  if (fromConfig !== undefined)
    return { value: fromConfig, source: 'config', path: `config.browsers.${name}` };
  const fromEnv = env[variable];
  return fromEnv ? { value: fromEnv, source: variable, path: variable } : undefined;
}

/**
 * @param {string} name
 * @param {{ value: string, source: string, path: string }} given
 * @param {{ platform: string, files: Files }} where
 * @returns {FoundBrowser | { problem: Problem }}
 */
function checkGiven(name, { value, source, path }, { platform, files }) {
  const { executablePath, kind: forced } = parseExecutable(value);
  if (!files.isExecutable(executablePath)) {
    return { problem: notExecutable(path, executablePath, platform, files) };
  }
  const kind = forced ?? guessKind(executablePath, { name, platform });
  if (kind) return { name, kind, executablePath, source };
  return {
    problem: {
      path,
      expected: 'an executable of the Chromium or Firefox family',
      got: `${executablePath}, whose name and --version do not tell`,
      hint: `say which: ${name}=chromium:${executablePath} or ${name}=firefox:${executablePath}`,
    },
  };
}

/**
 * @param {string} path
 * @param {string} executablePath
 * @param {string} platform
 * @param {Files} files
 * @returns {Problem}
 */
function notExecutable(path, executablePath, platform, files) {
  const paths = pathsOn(platform);
  /** @param {string} folder */
  const executablesIn = (folder) =>
    files.list(folder).filter((entry) => files.isExecutable(paths.join(folder, entry)));
  const inside = executablesIn(executablePath);
  const siblings = executablesIn(paths.dirname(executablePath));
  const base = paths.basename(executablePath);
  const near =
    nearest(base, siblings) ?? siblings.find((entry) => entry.includes(base) || base.includes(entry));
  const within = inside.find((entry) => entry.startsWith(base)) ?? nearest(base, inside);
  const exists = files.list(paths.dirname(executablePath)).includes(base);
  const suggestion = within
    ? paths.join(executablePath, within)
    : near && paths.join(paths.dirname(executablePath), near);
  return {
    path,
    expected: 'the path of a file that can be executed',
    got: `${executablePath}, which ${exists ? 'is not one' : 'does not exist'}`,
    hint: suggestion ? `did you mean ${suggestion}?` : 'give the full path of the browser itself',
  };
}

/**
 * @param {string} name
 * @returns {Problem}
 */
function unknownName(name) {
  const names = Object.keys(KNOWN_BROWSERS);
  const near = nearest(name, names);
  return {
    path: '--browsers',
    expected: `one of ${names.join(', ')}, or a name given an executable`,
    got: JSON.stringify(name),
    hint: `${near ? `did you mean ${near}? Else say` : 'say'} where it is: --browser ${name}=/path/to/it`,
  };
}

/**
 * @param {string} name
 * @param {{ env: Environment, platform: string, files: Files }} where
 * @returns {{ executablePath: string, source: string } | undefined}
 */
function firstUsable(name, { env, platform, files }) {
  let snap;
  for (const candidate of candidates(name, env, platform, files)) {
    const { executablePath } = candidate;
    if (!files.isExecutable(executablePath) || isSnapStub(executablePath, files)) continue;
    if (!isSnap(executablePath, files)) return candidate;
    snap ??= { executablePath, source: 'snap' };
  }
  return snap;
}

/**
 * Everything worth a look, lazily: most searches end at the first.
 *
 * @param {string} name
 * @param {Environment} env
 * @param {string} platform
 * @param {Files} files
 */
function* candidates(name, env, platform, files) {
  const known = KNOWN_BROWSERS[name];
  if (!known) return;
  for (const source of known.variables) {
    const executablePath = env[source];
    const otherKind = () =>
      known.variables.length > 1 && guessKind(`${executablePath}`, { platform }) !== known.kind;
    if (executablePath && files.isExecutable(executablePath) && !otherKind())
      yield { executablePath, source };
  }
  for (const command of known.commands) {
    for (const executablePath of pathsOfCommand(command, env, platform))
      yield { executablePath, source: 'PATH' };
  }
  for (const executablePath of usualPlaces(name, env, platform))
    yield { executablePath, source: 'usual place' };
  for (const executablePath of cachedPaths(name, env, platform, files)) {
    yield { executablePath, source: 'puppeteer cache' };
  }
}

/**
 * @param {string} name
 * @param {{ env: Environment, platform: string }} where
 */
function whereLooked(name, { env, platform }) {
  const known = KNOWN_BROWSERS[name];
  const looked = [`environment: ${[variableOf(name), ...(known?.variables ?? [])].join(', ')}`];
  if (known?.commands.length) looked.push(`PATH: ${known.commands.join(', ')}`);
  const places = new Set(usualPlaces(name, env, platform).map((place) => pathsOn(platform).dirname(place)));
  if (places.size > 0) looked.push(`usual places: ${[...places].join(', ')}`);
  if (known?.cached.length)
    looked.push(`puppeteer's cache: ${puppeteerCache(env, platform) ?? 'no home folder'}`);
  return looked;
}
