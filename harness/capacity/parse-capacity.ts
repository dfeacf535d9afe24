import type { Problem } from '../errors.ts';
import { parseSelector, type Vocabulary } from '../metrics/selector.ts';
import { isProblem, parseThreshold, parseThresholdFlag, type ThresholdSpec } from '../verdict/thresholds.ts';

/** What must still hold at a level, by metric or sub-metric. */
export type CapacityGoals = Record<string, ThresholdSpec[]>;

const path = '--capacity';

/** `connection_success>=0.99`, without an aggregation: of a rate. */
const SHORT = /^([^=<>!{}]+(?:\{[^{}]*\})?)\s*((?:===|[=!<>]=|[<>]).*)$/s;

/**
 * `--capacity`'s value: `connection_success>=0.99,fps_received=p(5)>=15`. A rate needs no aggregation; all else is written
 * as for `--threshold`. Commas within `p(…)` and `{…}` part nothing.
 *
 * Every problem is pushed to `problems`; what could be parsed is returned.
 *
 * @param words What it may name. Default: the catalogue.
 */
export function parseCapacity(text: string, problems: Problem[], words: Vocabulary = {}): CapacityGoals {
  const goals: CapacityGoals = {};
  for (const part of partsOf(text)) {
    const goal = parseGoal(part, words);
    if (isProblem(goal)) problems.push(goal);
    else (goals[goal.metric] ??= []).push(goal.spec);
  }
  return goals;
}

function partsOf(text: string): string[] {
  return text.split(/,(?![^({]*[)}])/).map((part) => part.trim());
}

function parseGoal(part: string, words: Vocabulary): { metric: string; spec: ThresholdSpec } | Problem {
  const [, name = '', comparison = ''] = SHORT.exec(part) ?? [];
  const metric = name.trim();
  if (metric === '') return parseThresholdFlag(part, path, words);
  const problems: Problem[] = [];
  const selector = parseSelector(metric, path, problems, words);
  if (!selector) return problems[0]!;
  const { type } = selector.definition;
  if (type === 'rate') {
    const spec = parseThreshold(metric, `rate${comparison}`, path, words);
    return isProblem(spec) ? { ...spec, got: JSON.stringify(part) } : { metric, spec };
  }
  const aggregation = { trend: 'p(95)', counter: 'count', gauge: 'value' }[type];
  return {
    path,
    expected: `METRIC=AGGREGATION of a ${type}`,
    got: JSON.stringify(part),
    hint: `write it like ${metric}=${aggregation}${comparison}`,
  };
}
