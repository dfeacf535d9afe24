import type { SignalingName } from '../../signaling-stub/protocol.ts';
import type { FaultSpec } from '../../signaling-stub/faults/rule.ts';
import type { ObjectThreshold } from 'k6/options';
import type { METRICS, MetricName, MetricType } from '../metrics/catalogue.ts';
import type { Needs } from '../features/feature.ts';
import type { MediaObservation, Peer } from '../peer/peer.ts';
import type { Phase } from '../call-record.ts';
import type { ScriptMetricName } from '../metrics/catalogue.ts';
import type { LoadSpec } from '../load/load.ts';
import type { CustomMetrics } from '../metrics/custom-metrics.ts';
import type { Axis } from '../metrics/selector.ts';
import type { MatrixRule } from '../plan/matrix.ts';
import type { IceSpec } from '../topology/ice.ts';
import type { NetworkSpec } from '../topology/spec.ts';
import type { Duration } from '../units.ts';
import type { AskedFor } from '../verdict/generator.ts';
import type { NetworkControl, SignalingControl, TurnControl } from './controls.ts';
import type { ParamSpecs, ParamValues } from './params.ts';
import type { Barrier, Shared } from './meeting.ts';

type Operator = '<' | '<=' | '>' | '>=' | '==' | '===' | '!=';
type Aggregations = {
  trend: 'avg' | 'min' | 'max' | 'med' | `p(${number})`;
  rate: 'rate';
  counter: 'count' | 'rate';
  gauge: 'value';
};

type ExpressionOf<Type extends MetricType> = `${Aggregations[Type]}${Operator}${number}`;
type ThresholdOfType<Type extends MetricType> =
  | ExpressionOf<Type>
  | (Omit<ObjectThreshold, 'threshold'> & { threshold: ExpressionOf<Type> });

/** k6's threshold grammar, held to the metric's type: `p95<1` and `avg<1` on a rate do not compile. */
export type ThresholdExpression<Name extends MetricName> = ExpressionOf<(typeof METRICS)[Name]['type']>;

type ThresholdsOf<Metrics extends Readonly<Record<string, { type: MetricType }>>> = {
  [Name in keyof Metrics & string]?: ThresholdOfType<Metrics[Name]['type']>[];
} & {
  [Name in keyof Metrics & string as `${Name}{${string}}`]?: ThresholdOfType<Metrics[Name]['type']>[];
};

/** By metric, or by metric and tags: `connect_ms{pair:chrome:firefox}`. */
export type Thresholds<Custom extends CustomMetrics = NoMetrics> = ThresholdsOf<typeof METRICS> &
  ThresholdsOf<Custom>;

type NoParams = Record<never, never>;
type NoMetrics = Record<never, never>;

/** What a script is given: its peers by role, and the words to act with. */
export type ScriptContext<
  Role extends string,
  Variant extends string = string,
  Params extends ParamSpecs = NoParams,
  Data = unknown,
  Custom extends CustomMetrics = NoMetrics,
> = Record<Role, Peer> & {
  /** Which of the scenario's variants this call is; empty if it has none. */
  variant: Variant;
  /** The peers in role order. */
  peers: Peer[];
  /** The scenario's parameters, as `--param` set them. */
  params: ParamValues<Params>;
  /** What `setup` returned; the same for every call, and nobody's to change. */
  data: Data;
  /** Runs `body` as a named stretch: the tag `step:` of what is measured in it, and the place a fault is reported at. */
  step: <T>(name: string, body: () => Promise<T>) => Promise<T>;
  /**
   * Lets the call run for the scenario's duration (or the given one), sampling at both ends, and tells by role what
   * each peer saw and heard meanwhile.
   */
  hold: (duration?: Duration) => Promise<Record<Role, MediaObservation>>;
  /** Records facts about peers. `passed: undefined` says there was no evidence. Never throws. */
  check: (...facts: Fact[]) => void;
  /**
   * Records a value of a metric that only the script can know: how long a gap was. Of a peer, or of the call.
   * `undefined` says that there was no evidence: nothing is recorded.
   */
  measure: (
    metric: ScriptMetricName | (keyof Custom & string),
    value: number | undefined,
    peer?: Peer,
  ) => void;
  /** A value of this call that one peer's function gives and others wait for: `shared<string>('room link')`. */
  shared: <Value>(name: string) => Shared<Value>;
  /** Where functions that run for one peer each wait for one another: `await barrier('all connected', peer)`. */
  barrier: Barrier;
  /** The network between the peers, and how to change it. */
  network: NetworkControl;
  turn: TurnControl;
  signaling: SignalingControl;
  /** Ends the call when the run is stopped. */
  signal: AbortSignal;
};

/** The signaling of a call. */
export interface SignalingSpec {
  /** What carries it. Default: what the user says with `--signaling`, WebSocket. */
  transport?: SignalingName;
  /** In force from the call's beginning, all at once. Default: none. */
  faults?: readonly FaultSpec[];
}

export interface Fact {
  /** A sentence: `video frames change`. */
  name: string;
  peer?: Peer;
  passed: boolean | undefined;
  expected: string;
  actual: string;
  /** The phase that a failure points at; default `script`. */
  phase?: Phase;
}

/** One of the cases that a scenario compares. What it does not say is as the scenario says. */
export interface VariantSpec<Role extends string = string> {
  /** What it is, in a few words; for reports. */
  summary: string;
  /** Those that take part, in the scenario's order; the script finds them in `peers`. Default: all. */
  roles?: readonly Role[];
  network?: NetworkSpec<Role>;
  ice?: IceSpec;
  signaling?: SignalingSpec;
  /**
   * What its browsers must have beside what the scenario needs. `lab`: it makes no sense without the lab's network,
   * unsupported on other levels, where networks are left out.
   */
  needs?: 'lab' | Needs<Role>;
}

/**
 * The same call under several conditions: each is a cell for every pair of browsers, and `axis` is the tag that tells
 * their metrics apart (`connect_ms{path:relay-tls}`).
 */
export interface Variants<Role extends string = string, Variant extends string = string> {
  axis: Axis;
  /** The case that the others are compared with: penalties are what they cost more than it. */
  baseline?: NoInfer<Variant>;
  /** By name, kebab-case, in the order of the reports. */
  cases: { readonly [Name in Variant]: VariantSpec<Role> };
}

/**
 * Where a scenario can run.
 *
 * `loopback`: on this machine's own network. `shaped`: as well, Chromium's links impaired by its DevTools. `lab`: in
 * network namespaces. The first that the machine can do is taken, unless `--network` says which.
 */
export type NetworkLevel = 'loopback' | 'shaped' | 'lab';

/** What `setup` is given. */
export interface SetupContext<Params extends ParamSpecs = NoParams> {
  params: ParamValues<Params>;
  /** Aborted when the run is stopped. */
  signal: AbortSignal;
}

/** What `teardown` is given. */
export interface TeardownContext<Params extends ParamSpecs = NoParams, Data = unknown> {
  params: ParamValues<Params>;
  /** What `setup` returned. */
  data: Data;
  /** Aborted when it takes too long; not when the run is stopped. */
  signal: AbortSignal;
}

/** What is tried: peers, script, thresholds. One per file, as its default export, made with {@link defineScenario}. */
export interface Scenario<
  Role extends string = string,
  Variant extends string = string,
  Params extends ParamSpecs = NoParams,
  Data = unknown,
  Custom extends CustomMetrics = NoMetrics,
> {
  /** kebab-case; the file's name. */
  name: string;
  /** What happens, one sentence. */
  summary: string;
  /** Why it exists: `a browser pair that…`. */
  guardsAgainst: string;
  /** In the order in which a pair names its browsers. */
  roles: readonly Role[];
  /**
   * Which browsers take which roles: every ordered assignment of the browsers present (default), the same browser in
   * every role, the browsers dealt round over the roles, or a list.
   */
  matrix?: MatrixRule | readonly Record<Role, string>[];
  /** Best first. Default: `['loopback']`, or `['lab']` if the scenario or a variant has a network. */
  levels?: readonly NetworkLevel[];
  /** The network between the peers. On loopback it is left out; `shaped` takes its links and leaves out the rest. */
  network?: NetworkSpec<NoInfer<Role>>;
  /** The STUN and TURN servers peers are given. Default: none. */
  ice?: IceSpec;
  /** What carries the signaling between the peers, and what is done to it. Default: nothing. */
  signaling?: SignalingSpec;
  /**
   * `once`: all the negotiation there is, is one offer by the first role, over one connection. Only such scenarios can
   * be tried over WHIP and WHEP.
   */
  offers?: 'once';
  variants?: Variants<NoInfer<Role>, Variant>;
  /** What every browser must have, or by role; a cell whose browsers say before the call that they lack it is unsupported. */
  needs?: Needs<NoInfer<Role>>;
  /** How long `hold()` lasts. Default `5s`. */
  duration?: Duration;
  /** Calls per cell, one after another. Default 1. */
  iterations?: number;
  /** How calls are begun, in k6's words, in place of one after another. Flags replace it. */
  load?: LoadSpec;
  /**
   * What the scenario provokes by itself, so that in a load it is no sign of a saturated machine: `cpu-limit`, encoders held
   * back by the CPU; `low-frame-rate`, cameras or senders below their frame rate.
   */
  asksFor?: readonly AskedFor[];
  /**
   * Nobody need look at its pages: it asks for no times of presented frames, paints and reads none. In a load by tab,
   * Chromium's tabs lie behind each other then: their frames are decoded, but not presented, which takes a fifth less CPU.
   */
  unseen?: true;
  /** What users can change with `--param name=value`. Made with `param.integer({ … })` and its like. */
  params?: Params;
  /** Metrics of its own, for `measure()` and `thresholds`; by name, snake_case with the unit at the end. */
  metrics?: Custom;
  thresholds?: Thresholds<NoInfer<Custom>>;
  /**
   * Runs once, before the first call. What it returns is `data` to scripts and `teardown`, as a copy: it must be JSON.
   * Written before `script`, so that the compiler knows its type there.
   */
  setup?(context: SetupContext<Params>): Promise<Data> | Data;
  script(context: ScriptContext<Role, Variant, Params, Data, Custom>): Promise<void>;
  /** Runs once, after the last call, also when the run was stopped or calls broke; not when `setup` threw. */
  teardown?(context: TeardownContext<Params, NoInfer<Data>>): Promise<void> | void;
}

/** Names, types and freezes a scenario. What the compiler cannot see is validated when the scenario is loaded. */
export function defineScenario<
  const Role extends string,
  const Variant extends string = never,
  const Params extends ParamSpecs = NoParams,
  Data = unknown,
  const Custom extends CustomMetrics = NoMetrics,
>(scenario: Scenario<Role, Variant, Params, Data, Custom>): Scenario<Role, Variant, Params, Data, Custom> {
  return Object.freeze(scenario);
}
