// @ts-check
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NPM_CI, whyInstall } from './dependencies.mjs';
import { DEFAULT_BROWSERS } from './known-browsers.mjs';
import { locate, THINGS } from './things.mjs';

/**
 * @typedef {import('./executables.mjs').Environment} Environment
 * @typedef {{ env: Environment, root: string, browsers: string[], log: (line: string) => void }} Context
 * @typedef {{ dependencies: string | undefined, browsers: string[], coturn: boolean }} Lacks
 */

const ENVIRONMENT = 112;
const USAGE = 104;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Sees that what a script needs is there and installs what is not. Everything it says goes to stderr.
 *
 * @param {{ args: string[], env: Environment, root?: string }} options `--no-browsers`: npm's packages only.
 * @returns {Promise<number>} An exit code.
 */
export async function prepare({ args, env, root = ROOT }) {
  /** @param {string} line */
  const log = (line) => void process.stderr.write(`callrig: ${line}\n`);
  const unknown = args.filter((arg) => arg !== '--no-browsers');
  if (unknown.length > 0) {
    log(`expected no argument but --no-browsers, got ${unknown.join(' ')}`);
    return USAGE;
  }
  const context = { env, root, log, browsers: args.includes('--no-browsers') ? [] : DEFAULT_BROWSERS };
  const lacks = look(context);
  if (isComplete(lacks)) return 0;
  if (mustNotInstall(env)) return refuse(lacks, context);
  const { withLock } = await import('./lock.mjs');
  return withLock(join(root, '.callrig', 'setup.lock'), {
    onWait: (pid) => log(`waiting for process ${pid}, which is installing`),
    body: () => install(look(context), context),
  });
}

/** @param {Environment} env */
export const mustNotInstall = ({ CALLRIG_NO_INSTALL: value = '' }) => !['', '0', 'false'].includes(value);

/**
 * @param {Context} context
 * @returns {Lacks}
 */
function look({ env, root, browsers }) {
  const given = recall(root);
  return {
    dependencies: whyInstall(root),
    browsers: browsers.filter((name) => locate(name, env) === undefined),
    coturn: browsers.length > 0 && !('coturn' in given) && locate('coturn', env) === undefined,
  };
}

/** @param {Lacks} lacks */
const isComplete = ({ dependencies, browsers, coturn }) => !dependencies && browsers.length === 0 && !coturn;

/**
 * @param {Lacks} lacks
 * @param {Context} context
 */
async function refuse({ dependencies, browsers, coturn }, { env, log }) {
  const { planInstall } = await import('./install.mjs');
  if (!dependencies && browsers.length === 0) return 0;
  log('CALLRIG_NO_INSTALL is set, and something is missing. To get it:');
  if (dependencies) log(`  ${dependencies}: npm ${NPM_CI.slice(0, 3).join(' ')}`);
  for (const { thing, byHand } of planInstall([...browsers, ...(coturn ? ['coturn'] : [])], { env })) {
    const label = thing === 'coturn' ? 'coturn (optional)' : thing;
    log(`  ${label}: ${byHand.join(', or: ') || 'no known command here'}`);
  }
  return ENVIRONMENT;
}

/**
 * @param {Lacks} lacks
 * @param {Context} context
 * @returns {Promise<number>}
 */
async function install({ dependencies, browsers, coturn }, context) {
  const { env, root, log } = context;
  if (dependencies) {
    log(`${dependencies}: running npm ${NPM_CI.join(' ')}`);
    const why = await npmCi(context);
    if (why !== undefined) {
      log(`npm's packages could not be installed: ${why}`);
      return ENVIRONMENT;
    }
  }
  const earlier = recall(root);
  const news = browsers.filter((name) => !(name in earlier) || context.browsers.length === browsers.length);
  const things = [...news, ...(coturn ? ['coturn'] : [])];
  const { installThings } = await import('./install.mjs');
  const failures = things.length > 0 ? await installThings(things, context) : [];
  remember(root, {
    ...earlier,
    ...Object.fromEntries(failures.map(({ thing, reasons }) => [thing, reasons.join('; ')])),
  });
  for (const { thing, reasons, byHand } of failures) {
    log(`${thing} could not be installed (${reasons.join('; ')}): ${THINGS[thing]?.without}`);
    if (byHand.length > 0) log(`  to get it: ${byHand.join(', or: ')}`);
  }
  const missing = context.browsers.filter((name) => locate(name, env) === undefined);
  const old = missing.filter((name) => !news.includes(name));
  for (const name of old) log(`${name} is still missing (${earlier[name]}); npm run setup tries again`);
  return missing.length > 0 && missing.length === context.browsers.length ? ENVIRONMENT : 0;
}

/**
 * The npm that runs us, if one does: on Windows `npm` itself is not an executable.
 *
 * @param {Context} context
 */
async function npmCi({ env, root }) {
  const { run } = await import('./processes.mjs');
  const script = env['npm_execpath'];
  const npm = script && /\.c?js$/.test(script) ? [process.execPath, script] : ['npm'];
  return run([...npm, ...NPM_CI], { env: { ...env, PUPPETEER_SKIP_DOWNLOAD: '1' }, cwd: root });
}

/** @param {string} root */
const memoryOf = (root) => join(root, 'node_modules', '.cache', 'callrig', 'not-installed.json');

/**
 * What could not be installed earlier, and why; forgotten with node_modules.
 *
 * @param {string} root
 * @returns {Record<string, string>}
 */
function recall(root) {
  try {
    return JSON.parse(readFileSync(memoryOf(root), 'utf8'));
  } catch {
    return {};
  }
}

/**
 * @param {string} root
 * @param {Record<string, string>} failures
 */
function remember(root, failures) {
  if (Object.keys(failures).length === 0) return;
  mkdirSync(dirname(memoryOf(root)), { recursive: true });
  writeFileSync(memoryOf(root), `${JSON.stringify(failures, undefined, 2)}\n`);
}
