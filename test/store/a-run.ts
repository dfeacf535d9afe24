import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallRecord } from '../../harness/call-record.ts';
import type { Plan } from '../../harness/plan/plan.ts';
import type { StatsDelta } from '../../harness/stats/sample.ts';

/** A folder that goes away with its test. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'callrig-store-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export function aPlan(runId = 'r1', calls = ['001-chrome-firefox']): Plan {
  return {
    schemaVersion: 1,
    callrig: '0.1.0',
    runId,
    createdAt: '2030-01-02T03:04:05.000Z',
    scenario: { name: 's', summary: '', guardsAgainst: '', file: 's.ts', roles: ['caller', 'callee'] },
    browsers: [],
    thresholds: {},
    cells: [{ id: 'chrome:firefox', assignment: { caller: 'chrome', callee: 'firefox' } }],
    calls: calls.map((id, iteration) => ({ id, cell: 'chrome:firefox', vu: 1, iteration })),
    options: {
      seed: 1,
      durationMs: 5000,
      iterations: calls.length,
      statsIntervalMs: 1000,
      headed: false,
      freshBrowsers: false,
      bail: false,
      mdns: false,
      listen: '127.0.0.1',
      tls: false,
      callTimeoutMs: 30_000,
      manualTimeoutMs: 300_000,
      pcap: false,
    },
  };
}

export function aCall(id: string): CallRecord {
  return {
    schemaVersion: 1,
    id,
    cell: 'chrome:firefox',
    assignment: { caller: 'chrome', callee: 'firefox' },
    vu: 1,
    iteration: 0,
    startMs: 1000,
    endMs: 2000,
    steps: [],
    checks: [],
    peers: {},
    host: [],
  };
}

export function aStatsLine(seq: number, padding = ''): StatsDelta {
  return { t: seq * 1000, connection: 'callee', seq, lateMs: 0, costMs: 1, changed: { T1: { padding } } };
}
