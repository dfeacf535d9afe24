import type { Problem } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { PlannedLoad } from '../load/load.ts';
import { createRandom, shuffle } from '../random.ts';
import type { ParamValue } from '../scenario/params.ts';
import { readParams } from '../scenario/read-params.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ThresholdSpec } from '../verdict/thresholds.ts';
import type { NetworkLevel } from '../scenario/scenario.ts';
import type { IceServerName } from '../topology/ice.ts';
import type { KnownFailure, KnownMode, PlannedKnown } from '../known/known-failure.ts';
import { KNOWN_FAILURES } from '../known/known-failures.ts';
import { botAssignment, isOfBots, withBotLoad } from './bot-load.ts';
import { BOT_PACKAGES, type BotEngineName, isBot, type PlannedBot } from './bots.ts';
import { chooseLevel, type LabReadiness } from './choose-level.ts';
import { comparisonOf, expandVariants } from './expand-variants.ts';
import type { FeatureName } from '../features/feature.ts';
import { MEDIA_PROFILES, type ProfileName } from '../media/profiles.ts';
import type { PlannedFleet } from './fleet.ts';
import { expandMatrix, isMeant, MANUAL, type MatrixRule } from './matrix.ts';
import type { Assignment, Plan, PlannedBrowser, PlannedCall, PlannedCell, RunOptions } from './plan.ts';

export interface PlanInput {
  scenario: Scenario;
  /** The scenario's file, as it is shown. */
  file: string;
  /** Of the package. */
  callrig: string;
  /** From {@link runIdOf}. */
  runId: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** Those that were found. */
  browsers: readonly PlannedBrowser[];
  /** Engines of bots, with the version of those that are installed. Default: none is. */
  bots?: readonly PlannedBot[] | undefined;
  /** How many bots there shall be beside what is measured. Default: none. */
  botCount?: number | undefined;
  /** Those named beside the browsers that take every role in turn. Default: none. */
  botsInMatrix?: readonly BotEngineName[] | undefined;
  /** The scenario's own, or what flags and config made of it. */
  matrix: MatrixRule | readonly Assignment[];
  manualRoles: readonly string[];
  /** Patterns of cell ids; empty for all. */
  only: readonly string[];
  thresholds: Record<string, ThresholdSpec[]>;
  /** Whose cells are patterns still; `undefined` or empty for calls one after another. */
  load?: readonly PlannedLoad[] | undefined;
  /** Default: as the scenario says. */
  params?: Record<string, ParamValue> | undefined;
  /** The level that was asked for. */
  network?: NetworkLevel | undefined;
  /** Default: this machine can have none. */
  lab?: LabReadiness | undefined;
  /** The user's own STUN and TURN servers; `undefined` or empty when the run starts its own. */
  iceServers?: readonly { url: string; kind: IceServerName }[] | undefined;
  /** The Grid that browsers come from; `undefined` when they are launched here. */
  gridUrl?: string | undefined;
  /** What peers send; `undefined`: `real`. */
  media?: ProfileName | undefined;
  /** How peers sit in browsers; `undefined`: in contexts of one process. */
  fleet?: PlannedFleet | undefined;
  /** Default: Callrig's own, tolerated. */
  known?: { mode: KnownMode; failures: readonly KnownFailure[] } | undefined;
  options: RunOptions;
}

/** Decides what will be run: cells, calls in their order, the browsers they need. Pushes a problem when that is nothing. */
export function makePlan(input: PlanInput, problems: Problem[]): Plan | undefined {
  const { scenario, browsers, options } = input;
  const { botCount } = input;
  const pairs = pairsOf(input);
  const before = problems.length;
  const lab = input.lab ?? { ready: false };
  const given = input.iceServers?.length ? input.iceServers : undefined;
  const isGiven = given !== undefined;
  const network = chooseLevel(scenario, { wanted: input.network, lab, isGiven }, problems);
  const { bots = [] } = input;
  const all = expandVariants(
    pairs,
    {
      bots,
      scenario,
      file: input.file,
      network,
      lab,
      kinds: new Map(browsers.map(({ name, kind }) => [name, kind])),
      givenServers: given?.map(({ kind }) => kind),
      faults: options.signalingFaults ?? [],
      options,
    },
    problems,
  ).map((cell) => withNeedsOf(input.media, cell));
  const comparison = comparisonOf(scenario);
  const known = knownIn(scenario, input.known);
  checkBrowsers(all, browsers, problems);
  checkOnly(all, input.only, problems);
  if (input.fleet?.isolation === 'page' && network.level === 'shaped') {
    const hint = 'a browser impairs whole pages: context or tab';
    problems.push({
      path: '--isolation',
      expected: 'a page for each peer at level shaped',
      got: '"page"',
      hint,
    });
  }
  const params = input.params ?? readParams(scenario.params ?? {}, [], problems);
  if (problems.length > before) return undefined;
  const isWanted = (cell: PlannedCell) =>
    input.only.length === 0 || input.only.some((one) => isMeant(cell.id, one));
  const cells = all.filter((cell) => isWanted(cell) || (botCount !== undefined && isOfBots(cell)));
  const load = loadsOf(input, cells, problems);
  if (problems.length > before) return undefined;
  const needed = new Set(cells.flatMap((cell) => Object.values(cell.assignment)));
  return {
    schemaVersion: 1,
    callrig: input.callrig,
    runId: input.runId,
    createdAt: input.createdAt,
    scenario: {
      name: scenario.name,
      summary: scenario.summary,
      guardsAgainst: scenario.guardsAgainst,
      file: input.file,
      roles: [...scenario.roles],
    },
    browsers: browsers.filter((browser) => needed.has(browser.name)),
    ...withBots(bots.filter((bot) => needed.has(bot.name))),
    ...(input.gridUrl !== undefined && { grid: { url: input.gridUrl } }),
    ...(input.fleet &&
      browsers.some(({ name }) => needed.has(name)) && { fleet: withUnseen(input.fleet, load, input) }),
    ...(input.media && { media: input.media }),
    ...(Object.keys(params).length > 0 && { params }),
    ...(scenario.metrics && { metrics: scenario.metrics }),
    thresholds: load ? withSuccess(input.thresholds) : input.thresholds,
    cells,
    calls: load ? [] : planCalls(cells, options, comparison !== undefined),
    ...(load && { load }),
    ...(load && scenario.asksFor && { asksFor: [...scenario.asksFor] }),
    network,
    ...(comparison && { comparison }),
    ...(known && { known }),
    ...(given && { iceServers: given.map(({ url }) => url) }),
    options,
  };
}

/** Whether tabs need not be seen: not where pages paint and read test patterns, and not on a Grid, where none are hidden. */
function withUnseen(
  fleet: PlannedFleet,
  load: readonly PlannedLoad[] | undefined,
  { scenario, options, gridUrl }: PlanInput,
): PlannedFleet {
  const isUnseen =
    scenario.unseen === true &&
    load !== undefined &&
    fleet.isolation === 'tab' &&
    !options.headed &&
    options.source?.kind !== 'test-pattern' &&
    gridUrl === undefined;
  return isUnseen ? { ...fleet, unseen: true } : fleet;
}

/** In a worker: the streams of older Chromium are no part of a specification. */
const REPLAYING: FeatureName = 'api:RTCRtpScriptTransform';

/** What the media profile asks of the browsers of a cell; bots and persons need nothing of it. */
function withNeedsOf(media: ProfileName | undefined, cell: PlannedCell): PlannedCell {
  if (!media || !MEDIA_PROFILES[media].replays) return cell;
  const roles = Object.entries(cell.assignment).filter(([, name]) => name !== MANUAL && !isBot(name));
  const needs = roles.map(([role]): [string, FeatureName[]] => [
    role,
    [...(cell.needs?.[role] ?? []), REPLAYING],
  ]);
  return { ...cell, needs: { ...cell.needs, ...Object.fromEntries(needs) } };
}

/** Who takes which roles; with a background of bots, they too. */
function pairsOf({
  scenario,
  matrix,
  browsers,
  botsInMatrix = [],
  manualRoles,
  botCount,
}: PlanInput): PlannedCell[] {
  const { roles } = scenario;
  const names = [...browsers.map(({ name }) => name), ...botsInMatrix];
  const pairs = expandMatrix({ roles, matrix, browsers: names, manualRoles });
  if (botCount === undefined) return pairs;
  const bots = expandMatrix({ roles, matrix: [botAssignment(roles)], browsers: [] });
  return [...new Map([...pairs, ...bots].map((pair) => [pair.id, pair])).values()];
}

/** `undefined` for calls one after another. */
function loadsOf(
  { load = [], botCount, scenario, options }: PlanInput,
  cells: readonly PlannedCell[],
  problems: Problem[],
): PlannedLoad[] | undefined {
  const able = cells.filter(({ unsupported }) => unsupported === undefined);
  if (botCount === undefined) return load.length > 0 ? withCells(load, cells, problems) : undefined;
  const beside = cells.filter((cell) => !isOfBots(cell));
  const loads = beside.length > 0 ? withCells(load, beside, problems) : [];
  return withBotLoad({ count: botCount, roles: scenario.roles, cells: able, loads, options }, problems);
}

function withBots(bots: PlannedBot[]): Pick<Plan, 'bots'> {
  return bots.length > 0 ? { bots } : {};
}

function knownIn(
  { name }: Scenario,
  { mode, failures }: NonNullable<PlanInput['known']> = { mode: 'tolerate', failures: KNOWN_FAILURES },
): PlannedKnown | undefined {
  const own = failures.filter(({ scenarios }) => scenarios.includes(name));
  return own.length > 0 ? { mode, failures: own } : undefined;
}

const EVERY_CALL: ThresholdSpec[] = [
  { expression: 'rate==1', aggregation: 'rate', operator: '==', limit: 1 },
];

/** A load without a word on how many of its calls may fail is one in which none may. */
function withSuccess(thresholds: Record<string, ThresholdSpec[]>): Record<string, ThresholdSpec[]> {
  const isSaid = Object.keys(thresholds).some((selector) => /^call_success\b/.test(selector));
  return isSaid ? thresholds : { ...thresholds, call_success: EVERY_CALL };
}

/** Each load with the cells that it takes in turn; what cannot be tried here is in none. */
function withCells(
  loads: readonly PlannedLoad[],
  cells: readonly PlannedCell[],
  problems: Problem[],
): PlannedLoad[] {
  const able = cells.filter(({ unsupported }) => unsupported === undefined).map(({ id }) => id);
  return loads.map((load) => {
    const own = able.filter((id) => load.cells.length === 0 || load.cells.some((one) => isMeant(id, one)));
    for (const pattern of load.cells) {
      if (cells.some(({ id }) => isMeant(id, pattern))) continue;
      problems.push({
        path: `load.${load.name}.cells`,
        expected: 'a part of a cell, or a pattern like "chrome:*"',
        got: JSON.stringify(pattern),
        hint: `there is ${cells.map(({ id }) => id).join(', ')}`,
      });
    }
    return { ...load, cells: own };
  });
}

/** `<utc>-<scenario>-<id>`: sorts by time, unique by `id`. */
export function runIdOf(scenario: string, createdAt: string, id: string): string {
  const utc = createdAt.replaceAll(/[-:]|\.\d+/g, '');
  return `${utc}-${scenario}-${id}`;
}

/**
 * Iteration after iteration, and within each every cell: a machine that gets slower slows all cells alike. Where cells
 * are compared, each iteration has an order of its own, by the seed: no cell is always the first, in cold browsers.
 */
function planCalls(
  cells: readonly PlannedCell[],
  { iterations, seed }: RunOptions,
  isCompared: boolean,
): PlannedCall[] {
  const digits = Math.max(3, String(cells.length * iterations).length);
  const random = createRandom(seed);
  const calls = Array.from({ length: iterations }, (_, iteration) => {
    const order = isCompared ? byShape(shuffle(cells, random)) : cells;
    return order.map(({ id }) => ({ cell: id, vu: 1, iteration }));
  }).flat();
  return calls.map((call, index) => {
    const number = String(index + 1).padStart(digits, '0');
    return { id: `${number}-${call.cell.replaceAll(/[:/]/g, '-')}`, ...call };
  });
}

/** Networks of the same shape follow one another: between others the lab is torn down, and the browsers with it. */
function byShape(cells: readonly PlannedCell[]): PlannedCell[] {
  const shapes = cells.map(shapeOf);
  return cells.toSorted((a, b) => shapes.indexOf(shapeOf(a)) - shapes.indexOf(shapeOf(b)));
}

function shapeOf({ topology }: PlannedCell): string {
  if (!topology) return '';
  const sites = topology.sites.map(({ name, ip, nats }) => [name, ip, nats.length > 1]);
  return JSON.stringify([sites, topology.peers.map(({ role, site, address }) => [role, site, address])]);
}

function checkBrowsers(
  cells: readonly PlannedCell[],
  browsers: readonly PlannedBrowser[],
  problems: Problem[],
): void {
  const names = browsers.map((browser) => browser.name);
  const wanted = new Set(cells.flatMap((cell) => Object.values(cell.assignment)));
  for (const name of wanted) {
    if (name === MANUAL || isBot(name) || names.includes(name)) continue;
    const expected = `one of ${[...names, ...Object.keys(BOT_PACKAGES), MANUAL].join(', ')}`;
    problems.push({ path: 'pairs', expected, got: JSON.stringify(name), hint: didYouMean(name, names) });
  }
  if (cells.length === 0) {
    problems.push({ path: '--browsers', expected: 'at least one browser', got: 'none' });
  }
}

function checkOnly(cells: readonly PlannedCell[], only: readonly string[], problems: Problem[]): void {
  for (const pattern of only) {
    if (cells.some((cell) => isMeant(cell.id, pattern))) continue;
    const ids = cells.map((cell) => cell.id);
    problems.push({
      path: '--only',
      expected: 'a part of a cell, or a pattern like "chrome:*"',
      got: JSON.stringify(pattern),
      hint: `there is ${ids.slice(0, 12).join(', ')}${ids.length > 12 ? ', …' : ''}`,
    });
  }
}
