import type { DataRate, Duration } from '../units.ts';

/** What a parameter's value can be: it travels in plan and result as JSON. */
export type ParamValue = string | number | boolean;

export type ParamType = 'integer' | 'number' | 'choice' | 'text' | 'flag' | 'duration' | 'rate';

/** A parameter of a scenario: what it is, and what it may be. Made with {@link param}. */
export interface ParamSpec<Value extends ParamValue = ParamValue> {
  readonly type: ParamType;
  /** What it changes, in a few words; for `list NAME`. */
  readonly summary: string;
  /** Without one it must be given with `--param`. */
  readonly default?: Value;
  /** Of integers and numbers, both included. */
  readonly min?: number;
  readonly max?: number;
  /** Of choices. */
  readonly choices?: readonly Value[];
}

/** By name, camelCase. */
export type ParamSpecs = Readonly<Record<string, ParamSpec>>;

/** What a script finds in `params`. */
export type ParamValues<Specs extends ParamSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends ParamSpec<infer Value> ? Value : never;
};

interface ParamOptions<Value extends ParamValue> {
  summary: string;
  default?: Value;
}

interface RangeOptions extends ParamOptions<number> {
  min?: number;
  max?: number;
}

/**
 * Kinds of parameters, for a scenario's `params`; users set them with `--param name=value`.
 *
 * Durations and rates stay texts with their unit (`'10s'`, `'800kbps'`), as `hold()` and networks take them; where a
 * number is wanted, `parseDuration()` and `parseDataRate()` give milliseconds and bits per second.
 */
export const param = {
  /** A whole number. */
  integer: (options: RangeOptions): ParamSpec<number> => ({ type: 'integer', ...options }),
  number: (options: RangeOptions): ParamSpec<number> => ({ type: 'number', ...options }),
  /** One of a few words. */
  choice: <const Choice extends string>(
    choices: readonly Choice[],
    options: ParamOptions<NoInfer<Choice>>,
  ): ParamSpec<Choice> => ({ type: 'choice', choices, ...options }),
  text: (options: ParamOptions<string>): ParamSpec<string> => ({ type: 'text', ...options }),
  /** `--param loud`, or `--param loud=false`. */
  flag: (options: ParamOptions<boolean>): ParamSpec<boolean> => ({ type: 'flag', ...options }),
  duration: (options: ParamOptions<Duration>): ParamSpec<Duration> => ({ type: 'duration', ...options }),
  rate: (options: ParamOptions<DataRate>): ParamSpec<DataRate> => ({ type: 'rate', ...options }),
} as const;
