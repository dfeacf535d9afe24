import type { HostSample, ProcessSample } from '../call-record.ts';
import type { MetricName } from './catalogue.ts';

export interface ResourceValue {
  metric: MetricName;
  value: number;
  /** Ends of the interval, epoch ms in the harness's clock; equal when the value is of one moment. */
  startMs: number;
  endMs: number;
}

/** CPU and memory of one peer's share of its browser. CPU seconds that shrank (a browser launched again) say nothing. */
export function* processMetrics(samples: readonly ProcessSample[]): Generator<ResourceValue> {
  let before: ProcessSample | undefined;
  for (const sample of samples) {
    const { t, cpuSeconds, pssBytes, peers } = sample;
    const used = difference(before?.cpuSeconds, cpuSeconds);
    if (before && used !== undefined && t > before.t && peers > 0) {
      const value = used / ((t - before.t) / 1000) / peers;
      yield { metric: 'peer_cpu_cores', value, startMs: before.t, endMs: t };
    }
    if (pssBytes !== undefined && peers > 0) {
      yield { metric: 'peer_memory_bytes', value: pssBytes / peers, startMs: t, endMs: t };
    }
    before = sample;
  }
}

/** Load of the machine and of the harness's own process while a call ran. */
export function* hostMetrics(samples: readonly HostSample[]): Generator<ResourceValue> {
  let before: HostSample | undefined;
  for (const sample of samples) {
    const { t, hostCpuRatio, harnessCpuSeconds, calls = 1 } = sample;
    const interval = { startMs: before?.t ?? t, endMs: t };
    if (hostCpuRatio !== undefined) yield { ...interval, metric: 'host_cpu_ratio', value: hostCpuRatio };
    const used = difference(before?.harnessCpuSeconds, harnessCpuSeconds);
    // Calls that run at the same time each see the whole process: each counts its share.
    if (used !== undefined) {
      yield { ...interval, metric: 'harness_cpu_seconds', value: used / Math.max(1, calls) };
    }
    before = sample;
  }
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined || after < before ? undefined : after - before;
}
