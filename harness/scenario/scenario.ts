import type { FaultSpec } from '../../signaling-stub/faults/rule.ts';
import type { ObjectThreshold } from 'k6/options';
import type { METRICS, MetricName } from '../metrics/catalogue.ts';
import type { Needs } from '../features/feature.ts';
import type { MediaObservation, Peer } from '../peer/peer.ts';
import type { Phase } from '../call-record.ts';
import type { ScriptMetricName } from '../metrics/catalogue.ts';
import type { Axis } from '../metrics/selector.ts';
import type { IceSpec } from '../topology/ice.ts';
import type { NetworkSpec } from '../topology/spec.ts';
import type { Duration } from '../units.ts';
import type { NetworkControl, SignalingControl, TurnControl } from './controls.ts';

type Operator = '<' | '<=' | '>' | '>=' | '==' | '===' | '!=';
type Aggregations = {
  trend: 'avg' | 'min' | 'max' | 'med' | `p(${number})`;
  rate: 'rate';
  counter: 'count' | 'rate';
  gauge: 'value';
};

/** k6's threshold grammar, held to the metric's type: `p95<1` and `avg<1` on a rate do not compile. */
export type ThresholdExpression<Name extends MetricName> =
  `${Aggregations[(typeof METRICS)[Name]['type']]}${Operator}${number}`;

type ThresholdOf<Name extends MetricName> =
  | ThresholdExpression<Name>
  | (Omit<ObjectThreshold, 'threshold'> & { threshold: ThresholdExpression<Name> });

/** By metric, or by metric and tags: `connect_ms{pair:chrome:firefox}`. */
export type Thresholds = { [Name in MetricName]?: ThresholdOf<Name>[] } & {
  [Name in MetricName as `${Name}{${string}}`]?: ThresholdOf<Name>[];
};

/** What a script is given: its peers by role, and the words to act with. */
export type ScriptContext<Role extends string, Variant extends string = string> = Record<Role, Peer> & {
  /** Which of the scenario's variants this call is; empty if it has none. */
  variant: Variant;
  /** The peers in role order. */
  peers: Peer[];
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
  measure: (metric: ScriptMetricName, value: number | undefined, peer?: Peer) => void;
  /** The network between the peers, and how to change it. */
  network: NetworkControl;
  turn: TurnControl;
  signaling: SignalingControl;
  /** Ends the call when the run is stopped. */
  signal: AbortSignal;
};

export interface Fact {
/** The signaling of a call. */
export interface SignalingSpec {
  /** In force from the call's beginning, all at once. */
  faults: readonly FaultSpec[];
}

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
  network?: NetworkSpec<Role>;
  /** Those that take part, in the scenario's order; the script finds them in `peers`. Default: all. */
  roles?: readonly Role[];
  ice?: IceSpec;
  /**
  signaling?: SignalingSpec;
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

/** What is tried: peers, script, thresholds. One per file, as its default export, made with {@link defineScenario}. */
export interface Scenario<Role extends string = string, Variant extends string = string> {
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
  matrix?: 'ordered' | 'same' | readonly Record<Role, string>[];
  /** Best first. Default: `['loopback']`, or `['lab']` if the scenario or a variant has a network. */
  levels?: readonly NetworkLevel[];
  /** The network between the peers. On loopback it is left out; `shaped` takes its links and leaves out the rest. */
  network?: NetworkSpec<NoInfer<Role>>;
  /** The STUN and TURN servers peers are given. Default: none. */
  ice?: IceSpec;
  variants?: Variants<NoInfer<Role>, Variant>;
  /** What is done to the signaling between the peers. Default: nothing. */
  signaling?: SignalingSpec;
  /** How long `hold()` lasts. Default `5s`. */
  duration?: Duration;
  /** Calls per cell, one after another. Default 1. */
  /** What every browser must have, or by role; a cell whose browsers say before the call that they lack it is unsupported. */
  needs?: Needs<NoInfer<Role>>;
  iterations?: number;
  thresholds?: Thresholds;
  script(context: ScriptContext<Role, Variant>): Promise<void>;
}

/** Names, types and freezes a scenario. What the compiler cannot see is validated when the scenario is loaded. */
export function defineScenario<const Role extends string, const Variant extends string = never>(
  scenario: Scenario<Role, Variant>,
): Scenario<Role, Variant> {
  return Object.freeze(scenario);
}
