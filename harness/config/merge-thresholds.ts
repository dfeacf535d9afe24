import type { Problem } from '../errors.ts';
import { loadTags } from '../load/load-tags.ts';
import { knownMetrics } from '../metrics/custom-metrics.ts';
import type { Vocabulary } from '../metrics/selector.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { isProblem, parseThresholdFlag, parseThresholds, type ThresholdSpec } from '../verdict/thresholds.ts';
import type { LoadedConfig } from './load-config.ts';

type ByMetric = Record<string, ThresholdSpec[]>;

export interface ThresholdSources {
  /** Values of `--threshold`. */
  flags: unknown;
  /** Validated already: its problems are not told twice. */
  scenario: Scenario | undefined;
  config: LoadedConfig | undefined;
}

/**
 * The thresholds of a run. The config file's hold for metrics that the scenario judges by none. A flag takes the place
 * of those of its metric that judge the same aggregation (`p(95)`), and comes beside the others.
 */
export function mergeThresholds(
  { flags, scenario, config }: ThresholdSources,
  problems: Problem[],
): ByMetric {
  const configPath = `${config?.shown ?? ''}: thresholds`;
  const ownTags = loadTags(scenario?.load, config?.values.load);
  const fromConfig = parseThresholds(config?.values.thresholds, configPath, problems, { ownTags });
  const words = { known: knownMetrics(scenario?.metrics), ownTags };
  const fromScenario = parseThresholds(scenario?.thresholds, 'thresholds', [], words);
  return addThresholdFlags({ ...fromConfig, ...fromScenario }, flags, problems, words);
}

/** `thresholds` and what `--threshold` says on top. */
export function addThresholdFlags(
  thresholds: ByMetric,
  flags: unknown,
  problems: Problem[],
  words?: Vocabulary,
): ByMetric {
  const merged = { ...thresholds };
  for (const text of Array.isArray(flags) ? flags : []) {
    const parsed = parseThresholdFlag(String(text), '--threshold', words);
    if (isProblem(parsed)) problems.push(parsed);
    else
      merged[parsed.metric] = replaceSame(
        merged[parsed.metric] ?? [],
        parsed.spec,
        thresholds[parsed.metric],
      );
  }
  return merged;
}

/** Two flags of one aggregation (`avg>1`, `avg<9`) both hold: only what the files said is replaced. */
function replaceSame(
  specs: readonly ThresholdSpec[],
  flag: ThresholdSpec,
  fromFiles: readonly ThresholdSpec[] = [],
): ThresholdSpec[] {
  const isSame = (spec: ThresholdSpec): boolean =>
    spec.aggregation === flag.aggregation && spec.percentile === flag.percentile && fromFiles.includes(spec);
  return [...specs.filter((spec) => !isSame(spec)), flag];
}
