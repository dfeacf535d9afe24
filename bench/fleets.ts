import type { CallRecord, ProcessSample } from '../harness/call-record.ts';
import { roomFor } from '../harness/plan/room-for.ts';
import type { RunResult } from '../harness/result.ts';
import { timeHeldLoad } from './runs.ts';

const HOLD_S = 15;
/** What of the source's frames must be decoded for a figure to be one. */
const LEAST_DECODED = 0.95;

export interface FleetOptions {
  /** Two in each call. */
  peers: number;
  /** Frames a second of the source. */
  nominalFps: number;
  args: string[];
}

export interface FleetCost {
  peers: number;
  /** Cores of the browsers' process trees while all calls are held, by peer. */
  coresPerPeer: number;
  /** Share of the source's frames that were decoded, mean and worst peer; NaN without video. */
  decoded: number;
  worstDecoded: number;
  /** Mean over peers, bit/s. */
  sentBps: number;
  /** Sum of the browsers' PSS by peer, bytes, if it was measured. */
  pssPerPeer: number | undefined;
  /** What is estimated of that before a launch, bytes. */
  estimatedPerPeer: number;
  isVoid: boolean;
}

/** Calls of two Chromes, all held at the same time, and what their browsers use meanwhile. */
export async function measureFleet({ peers, nominalFps, args }: FleetOptions): Promise<FleetCost> {
  const { run, records, result } = await timeHeldLoad([
    '--pairs',
    'chrome:chrome',
    '--executor',
    'per-vu-iterations',
    '--iterations',
    '1',
    '--vus',
    String(peers / 2),
    '--hold',
    `${HOLD_S}s`,
    '--quiet',
    ...args,
  ]);
  const { from, to } = heldTogether(records);
  const trees = [...treesOf(records).values()];
  const cores = trees.reduce((sum, samples) => sum + coresBetween(samples, from, to), 0);
  const decoded = figures(result, 'fps_received').map((fps) => fps / nominalFps);
  const pss = trees.map((samples) => samples.flatMap(({ pssBytes }) => pssBytes ?? []).at(-1));
  const decodedMean = mean(decoded);
  return {
    peers,
    coresPerPeer: cores / peers,
    decoded: decodedMean,
    worstDecoded: Math.min(...decoded),
    sentBps: mean(figures(result, 'send_bitrate_bps')),
    pssPerPeer: pss.every((bytes) => bytes !== undefined)
      ? pss.reduce((sum, bytes) => sum + bytes, 0) / peers
      : undefined,
    estimatedPerPeer: roomFor(run.plan, { memoryBytes: Infinity }).needed.memoryBytes / peers,
    isVoid: decoded.length > 0 && decodedMean < LEAST_DECODED,
  };
}

/** From when until when all calls are held at the same time, in the harness's clock; NaN if one never was. */
export function heldTogether(records: readonly CallRecord[]): { from: number; to: number } {
  const held = records.map((record) => record.steps.find(({ name }) => name === 'hold'));
  return {
    from: Math.max(...held.map((step) => step?.startMs ?? NaN)),
    to: Math.min(...held.map((step) => step?.endMs ?? NaN)),
  };
}

/** Samples of each browser's process tree: peers that share one measured the same. */
export function treesOf(records: readonly CallRecord[]): Map<number, ProcessSample[]> {
  const trees = new Map<number, ProcessSample[]>();
  for (const { pid = 0, process } of records.flatMap(({ peers }) => Object.values(peers))) {
    trees.set(pid, [...(trees.get(pid) ?? []), ...process]);
  }
  for (const samples of trees.values()) samples.sort((a, b) => a.t - b.t);
  return trees;
}

/** From the last sample before the time to the first after it, so that all trees are measured over nearly the same. */
export function coresBetween(samples: readonly ProcessSample[], from: number, to: number): number {
  const known = samples.filter(({ cpuSeconds, t }) => cpuSeconds !== undefined && t >= from && t <= to);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || last.t === first.t) return NaN;
  return ((last.cpuSeconds ?? NaN) - (first.cpuSeconds ?? NaN)) / ((last.t - first.t) / 1000);
}

function figures({ calls }: RunResult, metric: string): number[] {
  return calls.flatMap(({ peers }) => Object.values(peers).flatMap(({ metrics }) => metrics[metric] ?? []));
}

/** `8 peers: .130 cores each, 99 % of the frames decoded (worst 97 %), 61 MB each`. */
export function describeCost({
  peers,
  coresPerPeer,
  decoded,
  worstDecoded,
  sentBps,
  pssPerPeer,
  isVoid,
}: FleetCost): string {
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const frames = Number.isNaN(decoded)
    ? 'no video'
    : `${percent(decoded)} of the frames decoded (worst ${percent(worstDecoded)})`;
  const memory = pssPerPeer === undefined ? '' : `, ${Math.round(pssPerPeer / 2 ** 20)} MB each`;
  const rate = `${Math.round(sentBps / 1000)} kbit/s`;
  return `${peers} peers: ${coresPerPeer.toFixed(3)} cores each, ${rate}, ${frames}${memory}${isVoid ? ', VOID' : ''}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
