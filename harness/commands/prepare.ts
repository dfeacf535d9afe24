import { randomBytes, randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readGivenCertificate } from '../config/given-certificate.ts';
import { loadConfig } from '../config/load-config.ts';
import { resolveSettings, type Settings } from '../config/settings.ts';
import { BrowserError, ConfigError, type Problem } from '../errors.ts';
import type { RunGrid } from '../grid/open-grid-host.ts';
import { turnProblem } from '../grid/survey.ts';
import { rateWarnings } from '../load/estimate.ts';
import { labReadiness } from '../network/lab-readiness.ts';
import { levelsOf, type LabReadiness } from '../plan/choose-level.ts';
import { makePlan, runIdOf } from '../plan/make-plan.ts';
import type { Plan, PlannedBrowser } from '../plan/plan.ts';
import { shortHoldWarnings } from '../plan/short-hold.ts';
import { loadScenario, scenarioNames, shownPath, type LoadOptions } from '../scenario/load.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { findBots } from '../setup/find-bots.ts';
import { findBrowsers, parseBrowserFlag, type MissingBrowser } from '../setup/find-browsers.mjs';
import { parseVersionedName } from '../versions/version-name.mjs';
import type { GivenIceServer } from '../turn/given-servers.ts';
import type { RunCertificate } from '../turn/run-certificate.ts';
import { packageVersion } from '../version.ts';
import { askGrid } from './ask-grid.ts';
import { foldersOf, textOf, type Flags, type Io } from './io.ts';

export interface Prepared {
  plan: Plan;
  scenario: Scenario;
  /** The folder that holds the runs, absolute. */
  out: string;
  /** The user's own STUN and TURN servers, with credentials. */
  iceServers: GivenIceServer[];
  /** The user's own certificate, with its key. `undefined`: the run makes one if it needs one. */
  certificate: RunCertificate | undefined;
  /** The Grid that browsers come from. `undefined`: they are launched here. */
  grid: RunGrid | undefined;
  /** What the user should know though the run can go on. */
  warnings: string[];
}

/**
 * From flags, config file and scenario to a plan, launching nothing. Throws one `ConfigError` with every problem, or
 * `BrowserError` if all is well but a browser is not installed.
 */
export async function prepareRun(flags: Flags, { cwd, env, importModule }: Io): Promise<Prepared> {
  const problems: Problem[] = [];
  const config = await loadConfig({ cwd, importModule, named: textOf(flags, 'config') }, problems);
  const loaded = await load(
    textOf(flags, 'scenario'),
    { ...foldersOf({ cwd, env }), importModule },
    problems,
  );
  const settings = resolveSettings(
    { flags, config, scenario: loaded?.scenario, cwd, env, seed: randomInt(2 ** 31) },
    parseBrowserFlag,
    problems,
  );
  checkAdapter(settings, cwd, problems);
  checkFiles(settings, cwd, problems);
  const own = settings.certificate && (await readGivenCertificate(settings.certificate, problems));
  const local = settings.grid ? NOTHING_LOCAL : searchBrowsers(settings, env);
  problems.push(...local.problems);
  if (!loaded || problems.length > 0) throw new ConfigError(problems);
  failOnMissing(local.missing, local.found.length, settings, loaded.scenario);
  const onGrid = settings.grid && (await askGrid(settings.grid, settings.wanted));
  const { found } = onGrid ?? local;
  const lab = onGrid
    ? NO_LAB_ON_GRID
    : levelsOf(loaded.scenario).includes('lab')
      ? labReadiness(env)
      : NO_LAB;
  const createdAt = new Date().toISOString();
  const plan = makePlan(
    {
      ...settings,
      scenario: loaded.scenario,
      file: shownPath(loaded.file, cwd),
      callrig: packageVersion(),
      runId: runIdOf(loaded.scenario.name, createdAt, randomBytes(3).toString('hex')),
      createdAt,
      browsers: found,
      bots: findBots(),
      gridUrl: settings.grid?.address.url,
      network: settings.networkLevel,
      lab,
    },
    problems,
  );
  if (!plan) throw new ConfigError(problems);
  const noTurn = settings.grid && turnProblem(plan, settings.grid.address.url);
  if (noTurn) throw new ConfigError([noTurn]);
  return {
    plan,
    grid: onGrid?.grid,
    scenario: loaded.scenario,
    out: settings.out,
    iceServers: settings.iceServers,
    certificate: own?.certificate,
    warnings: [
      ...(own?.warnings ?? []),
      ...local.missing.map(({ name }) => `${name} is not installed: the run goes without it`),
      ...(onGrid?.warningsFor(plan) ?? []),
      ...levelWarnings(plan, lab),
      ...shortHoldWarnings(plan.options),
      ...rateWarnings(plan.load ?? [], plan.options.durationMs),
    ],
  };
}

function checkAdapter({ options: { signaling } }: Settings, cwd: string, problems: Problem[]): void {
  const file = signaling?.adapter;
  if (file === undefined || existsSync(file)) return;
  const expected = 'the path of a file that exports defineSignaling({ … })';
  problems.push({ path: '--signaling', expected, got: `no ${shownPath(file, cwd)}` });
}

function checkFiles({ options: { source } }: Settings, cwd: string, problems: Problem[]): void {
  if (source?.kind !== 'file') return;
  for (const file of [source.video, source.audio]) {
    if (file === undefined || existsSync(file)) continue;
    problems.push({ path: '--source', expected: 'files that are there', got: `no ${shownPath(file, cwd)}` });
  }
}

const NO_LAB: LabReadiness = { ready: false };
const NO_LAB_ON_GRID: LabReadiness = {
  ready: false,
  why: "the Grid's browsers are in no lab of this machine",
};
const NOTHING_LOCAL: ReturnType<typeof searchBrowsers> = { found: [], missing: [], problems: [] };

/** A level that is not the scenario's best must not go unnoticed. */
function levelWarnings({ network, options }: Plan, { ready, hint }: LabReadiness): string[] {
  const capture = options.pcap && network?.level !== 'lab' ? ['--pcap captures only in the lab'] : [];
  if (network?.why === undefined) return capture;
  const { level, why } = network;
  const then = level === 'lab' ? 'nothing of this can be tried here' : `the run is at level ${level}`;
  return [`no lab: ${why}; ${then}${ready || hint === undefined ? '' : ` (${hint})`}`, ...capture];
}

async function load(name: string | undefined, options: LoadOptions, problems: Problem[]) {
  if (name !== undefined) return await loadScenario(name, options, problems);
  const names = await scenarioNames();
  problems.push({
    path: 'scenario',
    expected: 'a name in scenarios/ or the path of a file',
    got: 'nothing',
    hint: `there is ${names.join(', ')}`,
  });
  return undefined;
}

function searchBrowsers({ wanted, explicit, configured, driver, fleet }: Settings, env: Io['env']) {
  const search = findBrowsers({
    explicit,
    config: configured,
    env: { ...env },
    ...(wanted === undefined ? {} : { wanted }),
  });
  if (fleet?.headless === 'shell') takeShell(search, env);
  const found = search.found.map((browser): PlannedBrowser => ({
    ...browser,
    // Firefox speaks no protocol that playwright's own channel does.
    driver: browser.kind === 'firefox' ? 'puppeteer' : driver,
  }));
  return { ...search, found };
}

/** The headless shell in Chrome's place; other browsers have none, and those the user gave a path are what they are. */
function takeShell(search: ReturnType<typeof findBrowsers>, env: Io['env']): void {
  const chrome = search.found.find(({ name, source }) => name === 'chrome' && source !== '--browser');
  if (!chrome) return;
  const [shell] = findBrowsers({ wanted: ['headless-shell'], env: { ...env } }).found;
  if (shell) {
    chrome.executablePath = shell.executablePath;
    return;
  }
  search.problems.push({
    path: '--headless',
    expected: 'a headless shell on this machine',
    got: 'none',
    hint: 'npm run setup -- --with shell gets it; or leave --headless out',
  });
}

/** A browser that was named must be there; of the usual ones, one is enough. */
function failOnMissing(
  missing: MissingBrowser[],
  found: number,
  { wanted, manualRoles }: Settings,
  { roles }: Scenario,
): void {
  if (missing.length === 0 || roles.length === manualRoles.length) return;
  if (wanted === undefined && found > 0) return;
  const names = missing.map(({ name }) => name).join(' and ');
  const first = missing[0]?.name ?? 'chrome';
  throw new BrowserError(`${names} ${missing.length === 1 ? 'is' : 'are'} not installed`, {
    code: 'BROWSER_NOT_FOUND',
    hint: `Install with \`${setupCommand(missing)}\`, or say where it is: --browser ${first}=/path/to/it`,
    details: { missing },
  });
}

/** Browsers by version are got one by one; the usual ones all together. */
function setupCommand(missing: readonly MissingBrowser[]): string {
  const versions = missing.flatMap(({ name }) => (parseVersionedName(name) ? [name] : []));
  return ['npm run setup', ...(versions.length > 0 ? ['--', ...versions] : [])].join(' ');
}
