import { appendFile } from 'node:fs/promises';
import { toError } from '../errors.ts';
import type { RunResult } from '../result.ts';
import { LAYOUT } from '../store/layout.ts';
import type { StoredRun } from '../store/open-run.ts';
import type { RunStore } from '../store/run-store.ts';
import type { Io } from './io.ts';
import { readReportInput } from './report-input.ts';

/** Writes every report of a judged run into its folder; in a GitHub job also its summary. Throws `StoreError`. */
export async function writeReports(
  run: StoredRun,
  result: RunResult,
  store: Pick<RunStore, 'writeText'>,
  io: Pick<Io, 'env' | 'stderr'>,
): Promise<void> {
  const [{ renderHtml }, { loadReportAssets }, { renderJunit }, { renderSummary }, { renderK6Summary }] =
    await Promise.all([
      import('../../reports/html/render.ts'),
      import('../../reports/html/load-assets.ts'),
      import('../../reports/junit.ts'),
      import('../../reports/summary.ts'),
      import('../../reports/k6-summary.ts'),
    ]);
  const summary = renderSummary(result);
  await store.writeText(LAYOUT.junit, renderJunit(result));
  await store.writeText(LAYOUT.summary, summary);
  await store.writeText(LAYOUT.k6Summary, renderK6Summary(result));
  await store.writeText(LAYOUT.report, renderHtml(await readReportInput(run, result), loadReportAssets()));
  await appendStepSummary(summary, io);
}

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary */
export async function appendStepSummary(
  summary: string,
  { env, stderr }: Pick<Io, 'env' | 'stderr'>,
): Promise<void> {
  const file = env.GITHUB_STEP_SUMMARY;
  if (file === undefined || file === '') return;
  try {
    await appendFile(file, summary);
  } catch (thrown) {
    stderr.write(`callrig: GITHUB_STEP_SUMMARY was not written: ${toError(thrown).message}\n`);
  }
}
