import type { FaultRule } from '../../signaling-stub/faults/rule.ts';
import type { Problem } from '../errors.ts';
import { needsByRole, type FeatureName } from '../features/feature.ts';
import type { Scenario, VariantSpec } from '../scenario/scenario.ts';
import { parseSignaling } from '../scenario/parse-signaling.ts';
import { ICE_SERVERS, type IcePlan, type IceServerName } from '../topology/ice.ts';
import { parseIce, parseNetwork } from '../topology/parse.ts';
import { isImpaired, pathOf } from '../topology/path.ts';
import type { Topology } from '../topology/topology.ts';
import { missingBot, isBot, type PlannedBot } from './bots.ts';
import { OUTSIDE, type LabReadiness } from './choose-level.ts';
import { MANUAL, withRoles } from './matrix.ts';
import type { BrowserKind, PlannedCell, PlannedComparison, PlannedNetwork, RunOptions } from './plan.ts';
import { signalingOf, whyNotOver } from './signaling.ts';

export interface VariantsInput {
  scenario: Scenario;
  /** The scenario's file, as it is shown. */
  file: string;
  network: PlannedNetwork;
  lab: LabReadiness;
  /** Of those that a pair may name, with the version of what is installed. */
  bots: readonly PlannedBot[];
  /** By name. */
  kinds: ReadonlyMap<string, BrowserKind>;
  /** What the user's own servers are; `undefined` when the run starts its own. */
  givenServers: readonly IceServerName[] | undefined;
  /** What the user does to the signaling of every call. */
  faults: readonly FaultRule[];
  options: Pick<RunOptions, 'signaling' | 'source'>;
}

/** What a cell is beside its browsers. */
interface Conditions {
  ice: IcePlan;
  topology?: Topology;
  faults: FaultRule[];
  signaling: string | undefined;
  needsLab: boolean;
  needs: Record<string, FeatureName[]>;
}

/** Every pair under every condition of the scenario's; variant after variant. What cannot be tried here says why. */
export function expandVariants(
  pairs: readonly PlannedCell[],
  input: VariantsInput,
  problems: Problem[],
): PlannedCell[] {
  const { variants } = input.scenario;
  if (!variants) {
    const conditions = conditionsOf(input, undefined, problems);
    return pairs.map((pair) => withConditions(pair, conditions, input));
  }
  return Object.entries(variants.cases).flatMap(([name, spec]) => {
    const conditions = conditionsOf(input, { name, spec }, problems);
    return withOwnRoles(pairs, spec, input.scenario).map((pair) => {
      const cell = { ...pair, id: `${pair.id}/${name}`, variant: { axis: variants.axis, name } };
      return withConditions(cell, conditions, input);
    });
  });
}

/** The pairs without the roles that the variant leaves out; what differs in these alone becomes one. */
function withOwnRoles(
  pairs: readonly PlannedCell[],
  { roles }: VariantSpec,
  scenario: Scenario,
): PlannedCell[] {
  if (!roles) return [...pairs];
  const own = scenario.roles.filter((role) => roles.includes(role));
  const cells = pairs.map((pair) => withRoles(pair, own));
  return [...new Map(cells.map((cell) => [cell.id, cell])).values()];
}

export function comparisonOf({ variants }: Scenario): PlannedComparison | undefined {
  if (!variants) return undefined;
  const { axis, baseline, cases } = variants;
  const summaries = Object.entries(cases).map(([name, { summary }]) => ({ name, summary }));
  return { axis, ...(baseline !== undefined && { baseline }), cases: summaries };
}

function conditionsOf(
  { scenario, file, network, faults: everywhere, options }: VariantsInput,
  variant: { name: string; spec: VariantSpec } | undefined,
  problems: Problem[],
): Conditions {
  const own = variant?.spec;
  const at = (key: 'ice' | 'network' | 'signaling') =>
    own?.[key] === undefined ? `${file}: ${key}` : `${file}: variants.cases.${variant?.name}.${key}`;
  const ice = parseIce(own?.ice ?? scenario.ice ?? {}, at('ice'), problems);
  const { roles } = scenario;
  const written = own?.signaling ?? scenario.signaling;
  const parsed = parseSignaling(written, { path: at('signaling'), roles }, problems);
  const faults = [...parsed.faults, ...everywhere];
  const signaling = parsed.transport ?? options.signaling?.name;
  const spec = own?.network ?? scenario.network;
  const needsLab = own?.needs === 'lab';
  const needs = needsByRole(scenario.roles, scenario.needs, own?.needs === 'lab' ? undefined : own?.needs);
  if (spec === undefined) return { ice, faults, signaling, needsLab, needs };
  // Parsed on every level, so that what is wrong with it shows everywhere.
  const topology = parseNetwork(spec, { roles: scenario.roles, path: at('network') }, problems);
  const places = topology && network.level !== 'loopback' && { topology };
  return { ice, faults, signaling, needsLab, needs, ...places };
}

function withConditions(
  cell: PlannedCell,
  { ice, topology, faults, signaling, needsLab, needs }: Conditions,
  input: VariantsInput,
): PlannedCell {
  const needed = Object.keys(needs).length > 0 && { needs };
  const planned = {
    ...cell,
    ice,
    ...(topology && { topology }),
    ...(signaling !== undefined && signaling !== 'ws' && { signaling }),
    ...(faults.length > 0 && { faults }),
    ...needed,
  };
  const unsupported =
    botProblem(planned, input) ??
    unsupportedReason(planned, needsLab, input) ??
    sourceProblem(planned, input) ??
    whyNotOver(signalingOf(planned), input.scenario, { faults: faults.length, options: input.options });
  return { ...planned, ...(unsupported !== undefined && { unsupported }) };
}

/** A bot's engine may not be here, and a bot has no page to be asked. */
function botProblem({ assignment, needs = {} }: PlannedCell, { bots }: VariantsInput): string | undefined {
  const own = Object.entries(assignment).filter(([, name]) => isBot(name));
  if (own.length === 0) return undefined;
  const missing = missingBot(assignment, bots);
  if (missing !== undefined) return missing;
  const asked = own.find(([role]) => needs[role]?.length);
  return asked && `${asked[0]} is a bot, which has no ${needs[asked[0]]!.join(', ')}`;
}

/** A file is played by Chromium's fake devices only, and by no other source in their place. */
function sourceProblem(
  { assignment }: PlannedCell,
  { kinds, options: { source } }: VariantsInput,
): string | undefined {
  if (source?.kind !== 'file') return undefined;
  const browsers = [...new Set(Object.values(assignment))].filter((name) => !isBot(name));
  const unable = browsers.filter((name) => kinds.get(name) !== 'chromium');
  if (unable.length === 0) return undefined;
  return `--source file: ${unable.join(' and ')} cannot play a file as its camera or microphone; Chromium can`;
}

function unsupportedReason(
  { assignment, ice, topology }: PlannedCell & { ice: IcePlan },
  needsLab: boolean,
  { network: { level, levels, why }, lab, kinds, givenServers }: VariantsInput,
): string | undefined {
  if (needsLab && level !== 'lab') return `needs the lab: ${why ?? `the run is at level ${level}`}`;
  if (level === 'lab') {
    if (!lab.ready) return `needs the lab: ${why}`;
    if (givenServers && ice.servers.length > 0) {
      return levels.includes('loopback') ? `${OUTSIDE}: needs --network loopback` : OUTSIDE;
    }
    if (Object.values(assignment).includes(MANUAL)) return "a person's browser cannot be in the lab";
    if (topology && !lab.backend && isAnyImpaired(topology)) {
      return `links cannot be impaired here: ${lab.why ?? 'neither netem nor wirefilter'}`;
    }
  }
  if (level === 'shaped' && topology) {
    const impaired = topology.peers.filter(({ role }) => {
      const { uplink, downlink } = pathOf(topology, role);
      return isImpaired(uplink) || isImpaired(downlink);
    });
    const unable = impaired.find(({ role }) => kinds.get(assignment[role] ?? '') !== 'chromium');
    if (unable) return `${assignment[unable.role]} cannot impair its own page: needs the lab`;
  }
  const missing = givenServers && ICE_SERVERS.filter((name) => !givenServers.includes(name));
  const lacking = missing?.filter((name) => ice.servers.includes(name));
  return lacking?.length ? `--turn gives no ${lacking.map(urlOf).join(', ')}` : undefined;
}

function isAnyImpaired({ sites, peers }: Topology): boolean {
  return [...sites, ...peers].some(({ link }) => isImpaired(link.uplink) || isImpaired(link.downlink));
}

function urlOf(name: IceServerName): string {
  if (name === 'stun') return 'stun: URL';
  if (name === 'turn-tls') return 'turns: URL';
  return `turn: URL with transport=${name === 'turn-udp' ? 'udp' : 'tcp'}`;
}
