// @ts-check
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NPM_CI, whyInstall } from './dependencies.mjs';
import { DEFAULT_BROWSERS } from './known-browsers.mjs';
import { recall, remember } from './not-installed.mjs';
import { locate as locateThing, THINGS } from './things.mjs';

/**
 * @typedef {import('./executables.mjs').Environment} Environment
 * @typedef {import('./install.mjs').Means & { locate: typeof locateThing }} Means
 * @typedef {{ env: Environment, root: string, browsers: string[], log: (line: string) => void } & Means} Context
 * @typedef {{ dependencies: string | undefined, browsers: string[], coturn: boolean }} Lacks
 */

const ENVIRONMENT = 112;
const USAGE = 104;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Sees that what a script needs is there and installs what is not. Everything it says goes to stderr.
 *
 * @param {object} options
 * @param {string[]} options.args `--no-browsers`: npm's packages only.
 * @param {Environment} options.env
 * @param {string} [options.root] The repository.
 * @param {(line: string) => void} [options.log]
 * @param {import('./install.mjs').Means} [options.means]
 * @returns {Promise<number>} An exit code.
 */
export async function prepare({ args, env, root = ROOT, log = say, means }) {
  const unknown = args.filter((arg) => arg !== '--no-browsers');
  if (unknown.length > 0) {
    log(`expected no argument but --no-browsers, got ${unknown.join(' ')}`);
    return USAGE;
  }
  const browsers = args.includes('--no-browsers') ? [] : DEFAULT_BROWSERS;
  const context = { env, root, log, browsers, locate: locateThing, ...means };
  const lacks = look(context);
  if (isComplete(lacks)) return 0;
  if (mustNotInstall(env)) return refuse(lacks, context);
  const { withLock } = await import('./lock.mjs');
  return withLock(join(root, '.callrig', 'setup.lock'), {
    onWait: (pid) => log(`waiting for process ${pid}, which is installing`),
    body: () => install(look(context), context),
  });
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`callrig: ${line}\n`);
}

/** @param {Environment} env */
export const mustNotInstall = ({ CALLRIG_NO_INSTALL: value = '' }) => !['', '0', 'false'].includes(value);

/**
 * @param {Context} context
 * @returns {Lacks}
 */
function look({ env, root, browsers, locate }) {
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
async function refuse({ dependencies, browsers, coturn }, { env, log, locate }) {
  const { planInstall } = await import('./install.mjs');
  if (!dependencies && browsers.length === 0) return 0;
  log('CALLRIG_NO_INSTALL is set, and something is missing. To get it:');
  if (dependencies) log(`  ${dependencies}: npm ${NPM_CI.slice(0, 3).join(' ')}`);
  for (const { thing, byHand } of planInstall([...browsers, ...(coturn ? ['coturn'] : [])], {
    env,
    locate,
  })) {
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
  const { env, root, log, locate } = context;
  if (dependencies && !(await installDependencies(dependencies, context))) return ENVIRONMENT;
  const earlier = recall(root);
  const nothing = browsers.length > 0 && browsers.length === context.browsers.length;
  // Without any browser there is nothing to run, so that is tried every time.
  const tried = nothing ? [] : browsers.filter((name) => name in earlier);
  for (const name of tried) log(`${name} is still missing (${earlier[name]}); npm run setup tries again`);
  const untried = browsers.filter((name) => !tried.includes(name));
  await installMissing([...untried, ...(coturn ? ['coturn'] : [])], context);
  return nothing && context.browsers.every((name) => locate(name, env) === undefined) ? ENVIRONMENT : 0;
}

/**
 * @param {string} why
 * @param {Context} context
 */
async function installDependencies(why, { env, root, log }) {
  const { run } = await import('./processes.mjs');
  log(`${why}: running npm ${NPM_CI.join(' ')}`);
  // The npm that runs us, if one does: on Windows `npm` itself is not an executable.
  const script = env['npm_execpath'];
  const npm = script && /npm-cli\.c?js$/.test(script) ? [process.execPath, script] : ['npm'];
  const failure = await run([...npm, ...NPM_CI], {
    env: { ...env, PUPPETEER_SKIP_DOWNLOAD: '1' },
    cwd: root,
  });
  if (failure !== undefined) log(`npm's packages could not be installed: ${failure}`);
  return failure === undefined;
}

/**
 * @param {string[]} things
 * @param {Context} context
 */
async function installMissing(things, context) {
  if (things.length === 0) return;
  const { log, root } = context;
  const { installThings } = await import('./install.mjs');
  const failures = await installThings(things, context);
  for (const { thing, reasons, byHand } of failures) {
    log(`${thing} could not be installed (${reasons.join('; ')}): ${THINGS[thing]?.without}`);
    if (byHand.length > 0) log(`  to get it: ${byHand.join(', or: ')}`);
  }
  remember(root, failures);
}
