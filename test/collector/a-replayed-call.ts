import type { CallRecord, PeerRecord } from '../../harness/call-record.ts';
import type { Plan } from '../../harness/plan/plan.ts';
import { RECORDED_ROLES, recordedSamples } from '../../harness/simulation/recorded.ts';
import { Replay } from '../../harness/simulation/replay.ts';
import type { StatsDelta } from '../../harness/stats/sample.ts';
import { recordedCall } from '../fixtures/recorded.ts';
import { aPlan } from '../store/a-run.ts';

const START_MS = 1_800_000_000_000;
const OFFSETS = { caller: 5000, callee: -700 };

export interface ReplayedCall {
  record: CallRecord;
  plan: Plan;
  /** In the order they came. */
  sent: { role: string; delta: StatsDelta }[];
}

/** A call as long as one likes, made of a real one; the peers' clocks are seconds apart. */
export function replayedCall(seconds: number, id = '001-chrome-firefox'): ReplayedCall {
  const real = recordedCall().record;
  const replays = RECORDED_ROLES.map((role) => ({ role, replay: new Replay(recordedSamples(role)) }));
  const sent = Array.from({ length: seconds }, (_, second) =>
    replays.map(({ role, replay }) => ({
      role,
      delta: replay.next(START_MS + second * 1000 + OFFSETS[role] + 300),
    })),
  ).flat();
  const peers = RECORDED_ROLES.map((role): [string, PeerRecord] => {
    const clock = { offsetMs: OFFSETS[role], uncertaintyMs: 1 };
    return [role, { ...real.peers[role]!, process: [], clock }];
  });
  const endMs = START_MS + seconds * 1000;
  const record: CallRecord = {
    ...real,
    id,
    cell: 'chrome:firefox',
    startMs: START_MS,
    endMs,
    steps: [
      { name: 'connect', startMs: START_MS, endMs: START_MS + 5000 },
      { name: 'hold', startMs: START_MS + 5000, endMs: endMs - 2000 },
    ],
    peers: Object.fromEntries(peers),
    host: [],
  };
  return { record, plan: aPlan('r1', [id]), sent };
}
