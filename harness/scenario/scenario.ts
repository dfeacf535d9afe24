import type { ObjectThreshold } from 'k6/options';
import type { METRICS, MetricName } from '../metrics/catalogue.ts';
import type { MediaObservation, Peer } from '../peer/peer.ts';
import type { Phase } from '../call-record.ts';
import type { Duration } from '../units.ts';

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
export type ScriptContext<Role extends string> = Record<Role, Peer> & {
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
  /** Ends the call when the run is stopped. */
  signal: AbortSignal;
};

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

/** What is tried: peers, script, thresholds. One per file, as its default export, made with {@link defineScenario}. */
export interface Scenario<Role extends string = string> {
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
   * every role, or a list.
   */
  matrix?: 'ordered' | 'same' | readonly Record<Role, string>[];
  /** How long `hold()` lasts. Default `5s`. */
  duration?: Duration;
  /** Calls per cell, one after another. Default 1. */
  iterations?: number;
  thresholds?: Thresholds;
  script(context: ScriptContext<Role>): Promise<void>;
}

/** Names, types and freezes a scenario. What the compiler cannot see is validated when the scenario is loaded. */
export function defineScenario<const Role extends string>(scenario: Scenario<Role>): Scenario<Role> {
  return Object.freeze(scenario);
}
