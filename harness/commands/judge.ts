import { addThresholdFlags } from '../config/merge-thresholds.ts';
import { knownMetrics } from '../metrics/custom-metrics.ts';
import { ConfigError, type Problem } from '../errors.ts';
import type { ExitCode } from '../exit-codes.ts';
import { LAYOUT } from '../store/layout.ts';
import { openRun } from '../store/open-run.ts';
import type { Plan } from '../plan/plan.ts';
import { reopenRunStore } from '../store/run-store.ts';
import type { Flags, Io } from './io.ts';
import { judgeStored } from './judge-stored.ts';
import { namedRun } from './named-run.ts';
import { exitCodeIn, printResult } from './print-result.ts';

/** Judges a run again and writes its result.json; exits as the run would have. */
export async function judgeCommand(flags: Flags, io: Io): Promise<ExitCode> {
  const run = await openRun(await namedRun(flags, io));
  const problems: Problem[] = [];
  const thresholds = addThresholdFlags(run.plan.thresholds, flags.threshold, problems, {
    known: knownMetrics(run.plan.metrics),
    ownTags: tagsOf(run.plan),
  });
  if (problems.length > 0) throw new ConfigError(problems);
  const result = await judgeStored(run, thresholds);
  await using store = reopenRunStore(run.folder);
  await store.writeText(LAYOUT.result, `${JSON.stringify(result, null, 2)}\n`);
  await printResult(result, run.folder, { json: flags.json === true, io });
  return exitCodeIn(result);
}

function tagsOf({ load = [] }: Plan): string[] {
  return load.flatMap(({ tags }) => Object.keys(tags));
}
