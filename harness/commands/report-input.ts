import { detailedCalls } from '../../reports/detailed-calls.ts';
import type { CallDetail, ReportInput } from '../../reports/input.ts';
import type { CallRecord } from '../call-record.ts';
import { deriveCall } from '../metrics/derive.ts';
import { LoadTimesBuilder, type LoadTimes } from '../metrics/load-times.ts';
import { callSeries } from '../metrics/series.ts';
import type { RunResult } from '../result.ts';
import { assembleStats } from '../stats/delta.ts';
import type { StoredRun } from '../store/open-run.ts';

/** Lines of a browser's log that go into the report; all of them are in the run's folder. */
const LOG_LINES = 200;

/** What the HTML report is made of, read from a run's folder: of many calls only those that are shown in detail. */
export async function readReportInput(run: StoredRun, result: RunResult): Promise<ReportInput> {
  const logs = readLogs(run);
  const calls: CallDetail[] = [];
  const shown = detailedCalls(result);
  for (const id of await run.callIds()) {
    if (shown.has(id)) calls.push(readDetail(run, await run.record(id), logs));
  }
  const times = run.plan.load && (await readLoadTimes(run, result));
  return { result, calls, ...(times && { times }) };
}

/** Second by second: from what the run told, what its machine did, and the samples of every call, one call at a time. */
async function readLoadTimes(run: StoredRun, result: RunResult): Promise<LoadTimes> {
  const fromMs = Date.parse(result.startedAt);
  const builder = new LoadTimesBuilder({ fromMs, untilMs: Date.parse(result.finishedAt) });
  for (const event of run.events()) builder.addEvent(event);
  for (const sample of run.machine()) builder.addMachine(sample);
  for await (const record of run.records()) {
    const roles = Object.keys(record.peers);
    const samples = Object.fromEntries(
      roles.map((role) => [role, assembleStats(run.stats(record.id, role))]),
    );
    for (const sample of deriveCall({ record, samples })) builder.addSample(sample);
  }
  return builder.times;
}

function readDetail(run: StoredRun, record: CallRecord, logs: ReadonlyMap<string, string[]>): CallDetail {
  const { id, assignment } = record;
  const roles = Object.keys(record.peers);
  const byRole = <Value>(read: (role: string) => Value): Record<string, Value> =>
    Object.fromEntries(roles.map((role) => [role, read(role)]));
  const used = [...logs].filter(([browser]) => Object.values(assignment).includes(browser));
  return {
    record,
    series: callSeries({ record, samples: byRole((role) => assembleStats(run.stats(id, role))) }),
    events: [...run.callEvents(id)],
    signaling: [...run.signaling(id)],
    console: byRole((role) => [...run.console(id, role)]),
    ...(used.length > 0 && { logs: Object.fromEntries(used) }),
  };
}

function readLogs(run: StoredRun): Map<string, string[]> {
  const logs = new Map<string, string[]>();
  for (const { name } of [...run.plan.browsers, ...(run.plan.bots ?? [])]) {
    const newest: string[] = [];
    for (const line of run.browserLog(name)) {
      newest.push(line);
      if (newest.length > LOG_LINES) newest.shift();
    }
    if (newest.length > 0) logs.set(name, newest);
  }
  return logs;
}
