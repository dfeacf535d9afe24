import type { Scenario as K6Scenario } from 'k6/options';

/** k6's executors. */
export type ExecutorName = K6Scenario['executor'];

/** What k6 can say of a load that means nothing here: there is one script, and its parameters are `params`. */
type Foreign = 'exec' | 'env' | 'options';
type Without<Spec, Keys extends PropertyKey> = Spec extends unknown ? Omit<Spec, Keys> : never;

/**
 * How calls are begun, in k6's words: an entry of its `scenarios`. A VU is a slot that holds one call at a time; an
 * iteration is a call.
 *
 * @see https://grafana.com/docs/k6/latest/using-k6/scenarios/executors/
 */
export type LoadProfile = Without<K6Scenario, Foreign> & {
  /** Which cells its calls are of, one after another: their ids, or patterns as `--only` has them. Default: all. */
  cells?: readonly string[];
};

/** One load, or several side by side, by name. */
export type LoadSpec = LoadProfile | Readonly<Record<string, LoadProfile>>;

export interface PlannedStage {
  durationMs: number;
  target: number;
}

interface PlannedBase {
  /** Unique in a plan; the tag `load`. */
  name: string;
  /** After the run's first call could begin. */
  startTimeMs: number;
  /** How long calls under way may go on when the load is over. */
  gracefulStopMs: number;
  /** On every sample of its calls. */
  tags: Record<string, string>;
  /** Ids of the cells its calls are of, taken in turn. */
  cells: string[];
  /**
   * It is there for the others, which begin when each of its VUs holds a call, and lasts as long as they do: then its
   * calls end their hold, and no other begins. Absent: a load like any.
   */
  background?: true;
}

export interface PlannedIterations extends PlannedBase {
  executor: 'shared-iterations' | 'per-vu-iterations';
  vus: number;
  /** Of all VUs together (`shared-iterations`), or of each. */
  iterations: number;
  maxDurationMs: number;
}

export interface PlannedConstantVus extends PlannedBase {
  executor: 'constant-vus';
  vus: number;
  durationMs: number;
}

export interface PlannedRampingVus extends PlannedBase {
  executor: 'ramping-vus';
  startVus: number;
  stages: PlannedStage[];
  /** How long the call of a VU that is taken back may go on. */
  gracefulRampDownMs: number;
}

export interface PlannedConstantRate extends PlannedBase {
  executor: 'constant-arrival-rate';
  /** Iterations begun in each time unit. */
  rate: number;
  timeUnitMs: number;
  durationMs: number;
  preAllocatedVus: number;
  maxVus: number;
}

export interface PlannedRampingRate extends PlannedBase {
  executor: 'ramping-arrival-rate';
  startRate: number;
  timeUnitMs: number;
  stages: PlannedStage[];
  preAllocatedVus: number;
  maxVus: number;
}

/** A {@link LoadProfile} with everything decided. */
export type PlannedLoad =
  | PlannedIterations
  | PlannedConstantVus
  | PlannedRampingVus
  | PlannedConstantRate
  | PlannedRampingRate;
