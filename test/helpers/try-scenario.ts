import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEnvironment } from '../../harness/commands/environment.ts';
import { judgeStored } from '../../harness/commands/judge-stored.ts';
import type { Problem } from '../../harness/errors.ts';
import { type CustomMetrics, knownMetrics } from '../../harness/metrics/custom-metrics.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';
import { labReadiness } from '../../harness/network/lab-readiness.ts';
import { levelsOf } from '../../harness/plan/choose-level.ts';
import type { ProfileName } from '../../harness/media/profiles.ts';
import type { PlannedFleet } from '../../harness/plan/fleet.ts';
import { makePlan } from '../../harness/plan/make-plan.ts';
import type { Peer } from '../../harness/peer/peer.ts';
import type { DriverName, RunOptions } from '../../harness/plan/plan.ts';
import type { RunResult } from '../../harness/result.ts';
import { runScenario, type RunScenarioOptions } from '../../harness/run-scenario.ts';
import type { ParamSpecs } from '../../harness/scenario/params.ts';
import type { NetworkLevel, Scenario } from '../../harness/scenario/scenario.ts';
import { findBots } from '../../harness/setup/find-bots.ts';
import { findBrowsers } from '../../harness/setup/find-browsers.mjs';
import type { RunEvent } from '../../harness/store/layout.ts';
import { openRun, type StoredRun } from '../../harness/store/open-run.ts';
import { createRunStore } from '../../harness/store/run-store.ts';
import { parseThreshold } from '../../harness/verdict/thresholds.ts';

export interface TryOptions extends Partial<
  Pick<RunScenarioOptions, 'intercept' | 'silenceMs' | 'onEvent' | 'iceServers' | 'browsers' | 'certificate'>
> {
  /** Cells, as browser names in role order. */
  pairs: string[];
  options?: Partial<RunOptions>;
  /** Default: the scenario's best level that this machine can do. */
  network?: NetworkLevel;
  /** Cells, as `--only` names them. Default all. */
  only?: string[];
  driver?: DriverName;
  /** What peers send, and how they sit. */
  media?: ProfileName;
  fleet?: PlannedFleet;
  /** In place of calls one after another; of every cell, if it names none. */
  load?: PlannedLoad[];
  /** So many bots in the background, as `--bots`. */
  botCount?: number;
  signal?: AbortSignal;
}

export interface TriedScenario extends AsyncDisposable {
  result: RunResult;
  events: RunEvent[];
  stored: StoredRun;
}

/** Runs a scenario in real browsers and judges it, as `callrig run` does; the folder goes away with the value. */
export async function tryScenario<
  Role extends string,
  Variant extends string,
  Params extends ParamSpecs,
  Data,
  Custom extends CustomMetrics,
>(scenario: Scenario<Role, Variant, Params, Data, Custom>, tryOptions: TryOptions): Promise<TriedScenario> {
  const {
    signal = new AbortController().signal,
    onEvent,
    intercept,
    silenceMs,
    iceServers,
    browsers,
    certificate,
  } = tryOptions;
  const rest = {
    ...(intercept && { intercept }),
    ...(silenceMs !== undefined && { silenceMs }),
    ...(iceServers && { iceServers }),
    ...(browsers && { browsers }),
    ...(certificate && { certificate }),
  };
  const root = await mkdtemp(join(tmpdir(), 'callrig-test-'));
  const plan = planFor(scenario as unknown as Scenario, tryOptions);
  const events: RunEvent[] = [];
  {
    await using store = await createRunStore({ root, runId: plan.runId });
    await store.writePlan(plan);
    await store.writeEnvironment(describeEnvironment(process.env, { network: plan.network }));
    const tell = (event: RunEvent) => {
      events.push(event);
      onEvent?.(event);
    };
    await runScenario({
      plan,
      scenario: scenario as unknown as Scenario,
      store,
      signal,
      onEvent: tell,
      ...rest,
    });
  }
  const stored = await openRun(join(root, plan.runId));
  return {
    result: await judgeStored(stored),
    events,
    stored,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

const OPTIONS: RunOptions = {
  seed: 1,
  durationMs: 3000,
  iterations: 1,
  statsIntervalMs: 500,
  headed: false,
  freshBrowsers: false,
  bail: false,
  mdns: false,
  listen: '127.0.0.1',
  tls: false,
  callTimeoutMs: 30_000,
  manualTimeoutMs: 60_000,
  pcap: false,
};

function planFor(
  scenario: Scenario,
  { pairs, driver = 'puppeteer', options, network, only = [], media, fleet, load, botCount }: TryOptions,
) {
  const problems: Problem[] = [];
  const roles = scenario.roles;
  const matrix = pairs.map((pair) => Object.fromEntries(pair.split(':').map((name, i) => [roles[i]!, name])));
  const wanted = [...new Set(pairs.flatMap((pair) => pair.split(':')))].filter((name) => name.includes('@'));
  const browsers = [...findBrowsers().found, ...findBrowsers({ wanted }).found].map((browser) => ({
    ...browser,
    driver: browser.kind === 'firefox' ? ('puppeteer' as const) : driver,
  }));
  const words = { known: knownMetrics(scenario.metrics) };
  const thresholds = Object.fromEntries(
    Object.entries(scenario.thresholds ?? {}).map(([metric, expressions]) => [
      metric,
      (expressions ?? []).map((expression) => {
        const parsed = parseThreshold(metric, expression, metric, words);
        if (!('operator' in parsed)) throw new Error(`${metric}: ${JSON.stringify(parsed)}`);
        return parsed;
      }),
    ]),
  );
  const plan = makePlan(
    {
      scenario,
      file: `scenarios/${scenario.name}.ts`,
      callrig: '0.0.0',
      runId: `test-${scenario.name}`,
      createdAt: new Date().toISOString(),
      browsers,
      bots: findBots(),
      botCount,
      load,
      media,
      fleet,
      matrix,
      manualRoles: pairs.some((pair) => pair.includes('manual')) ? [roles.at(-1)!] : [],
      only,
      network,
      lab: levelsOf(scenario).includes('lab') ? labReadiness(process.env) : undefined,
      thresholds,
      options: { ...OPTIONS, ...options },
    },
    problems,
  );
  if (!plan) throw new Error(JSON.stringify(problems));
  return plan;
}

/** The names of the checks that failed, of all calls, in their order. */
export async function failedChecks({ stored }: TriedScenario): Promise<string[]> {
  const names: string[] = [];
  for await (const { checks } of stored.records())
    names.push(...checks.filter(({ passed }) => passed === false).map(({ name }) => name));
  return names;
}

/** The messages of all that kept calls from passing, but for a machine that could not keep up. */
export function whyNotPassed({ result }: TriedScenario): string[] {
  const reasons = result.calls.flatMap((call) => call.reasons);
  return reasons.filter(({ kind }) => kind !== 'saturation').map(({ message }) => message);
}

/** The scenario with one step of its script left out. */
export function without<Role extends string, Variant extends string>(
  scenario: Scenario<Role, Variant>,
  left: string,
): Scenario<Role, Variant> {
  return {
    ...scenario,
    script: (context) => {
      const step = ((name, body) =>
        name === left ? Promise.resolve(0) : context.step(name, body)) as typeof context.step;
      return scenario.script({ ...context, step });
    },
  };
}

/** The scenario with something that comes between it and itself, once a step of its script is over. */
export function withAfter<Role extends string, Variant extends string>(
  scenario: Scenario<Role, Variant>,
  after: string,
  meddle: (peers: Record<Role, Peer>) => Promise<unknown>,
): Scenario<Role, Variant> {
  return {
    ...scenario,
    script: (context) => {
      const step = (async (name, body) => {
        const result = await context.step(name, body);
        if (name === after) await meddle(context);
        return result;
      }) as typeof context.step;
      return scenario.script({ ...context, step });
    },
  };
}
