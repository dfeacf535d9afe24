import type { TurnAllocation } from '../call-record.ts';
import type { MetricSummary } from '../result.ts';
import type { AnnouncedLoad } from '../load/describe.ts';

/**
 * Where things are in a run's folder. Everything but `result.json` and the reports is written while the run goes on.
 *
 * ```
 * plan.json
 * environment.json                  the machine the run was made on
 * events.jsonl                      RunEvent a line
 * host.jsonl                        MachineSample a line, of a run with a load
 * calls/<call>/call.json            CallRecord, when the call ended
 * calls/<call>/events.jsonl         CallEvent a line
 * calls/<call>/<role>.stats.jsonl   StatsDelta a line
 * calls/<call>/<role>.stats.jsonl.gz the same of a call of a load, in gzip members
 * calls/<call>/metrics.json         what was measured while a part of these lines was left out
 * calls/<call>/<role>.console.jsonl ConsoleEntry a line
 * calls/<call>/capture.pcapng       what crossed the lab's internet, with --pcap
 * calls/<call>/recordings/         what peers recorded: <role>-<number>.webm or .mp4
 * calls/<call>/signaling.jsonl      what the signaling server relayed for this call
 * logs/<browser>.log                stdout and stderr of browser processes
 * result.json report.html junit.xml summary.md k6-summary.json
 * ```
 */
export const LAYOUT = {
  plan: 'plan.json',
  environment: 'environment.json',
  result: 'result.json',
  events: 'events.jsonl',
  host: 'host.jsonl',
  report: 'report.html',
  junit: 'junit.xml',
  summary: 'summary.md',
  k6Summary: 'k6-summary.json',
  capacity: 'capacity.json',
  levels: 'levels',
  logs: 'logs',
  calls: 'calls',
  call: (call: string) => `calls/${call}/call.json`,
  callEvents: (call: string) => `calls/${call}/events.jsonl`,
  capture: (call: string) => `calls/${call}/capture.pcapng`,
  recording: (call: string, name: string) => `calls/${call}/recordings/${name}`,
  signaling: (call: string) => `calls/${call}/signaling.jsonl`,
  stats: (call: string, role: string) => `calls/${call}/${role}.stats.jsonl`,
  series: (call: string, role: string) => `calls/${call}/${role}.stats.jsonl.gz`,
  collected: (call: string) => `calls/${call}/metrics.json`,
  console: (call: string, role: string) => `calls/${call}/${role}.console.jsonl`,
  browserLog: (browser: string) => `logs/${browser}.log`,
} as const;

/** What happens in a run, for the terminal and `events.jsonl`. `t` is epoch ms in the harness's clock. */
export type RunEvent = { t: number } & (
  | {
      type: 'run-started';
      runId: string;
      folder: string;
      cells: number;
      calls: number;
      /** Absent: none. */
      loads?: AnnouncedLoad[];
    }
  | { type: 'server-listening'; url: string }
  | { type: 'browser-launching'; browser: string }
  | {
      type: 'browser-launched';
      browser: string;
      version: string;
      /** Absent where its process is another machine's. */
      pid?: number;
      launchMs: number;
      relaunch: boolean;
      /** The Grid's node that it runs on. */
      node?: string;
    }
  /** The Grid has no free slot for it yet. */
  | { type: 'browser-waiting'; browser: string; waitedMs: number }
  | {
      type: 'browser-died';
      browser: string;
      pid?: number;
      /** How it was lost, where its process tells nothing. */
      why?: string;
      exitCode: number | null;
      signal: string | null;
      stderr: string[];
    }
  /** The run's own TURN server answers; also after it was stopped and started again. */
  | { type: 'turn-started'; pid: number; urls: string[] }
  /** Call and role are absent when the credentials were none of a run's, transport while nobody can know it. */
  | {
      type: 'turn-allocation';
      label: string;
      call?: string;
      role?: string;
      transport?: TurnAllocation['transport'];
    }
  | {
      type: 'turn-refused';
      label?: string;
      call?: string;
      role?: string;
      /** STUN error code (RFC 8489 §14.8). */
      code?: number;
      reason: string;
    }
  | {
      type: 'turn-died';
      pid: number;
      exitCode: number | null;
      signal: string | null;
      stderr: string[];
    }
  | { type: 'manual-peer'; role: string; url: string; qr: string }
  | { type: 'manual-peer-joined'; role: string; userAgent: string }
  /** `of` is absent where nobody knows how many calls there will be: in a load. */
  | { type: 'call-started'; call: string; cell: string; index: number; of?: number; load?: string }
  /** How many VUs a load has from now on. */
  | { type: 'vus'; load: string; vus: number }
  /** Iterations that were due and could not begin. */
  | { type: 'dropped-iterations'; load: string; count: number }
  /** What came in the last second, by metric; of no file, as it is told again by the raw samples. */
  | {
      type: 'measured';
      samples: number;
      /** Raw samples that the disk was spared, so far. */
      thinned: number;
      metrics: Readonly<Record<string, MetricSummary>>;
    }
  /** What became of the stats of a load. */
  | {
      type: 'stats-collected';
      samples: number;
      thinned: number;
      thinnedCalls: number;
      longestDelayMs: number;
      writtenBytes: number;
    }
  | { type: 'step-started'; call: string; step: string }
  | { type: 'check'; call: string; name: string; role?: string; passed?: boolean }
  | {
      type: 'call-ended';
      call: string;
      cell: string;
      fault?: string;
      /** Whose doing the fault is. */
      status?: 'failed' | 'errored' | 'unsupported';
      checksFailed: number;
      durationMs: number;
      load?: string;
      /** Its load cut it off. */
      interrupted?: true;
    }
  /** The scenario's own code threw, outside any call. */
  | { type: 'hook-failed'; hook: 'setup' | 'teardown'; message: string; stack: string[] }
  /** A threshold with `abortOnFail` was breached: the run stops. */
  | { type: 'threshold-crossed'; metric: string; expression: string; actual: number }
  | { type: 'warning'; message: string }
  | { type: 'run-aborted'; signal: string }
  | { type: 'run-ended' }
);

/** What happened to one peer in a call; `data` is what the agent sent. `t` is epoch ms, harness's clock. */
export interface CallEvent {
  t: number;
  role: string;
  name: string;
  data?: unknown;
}
