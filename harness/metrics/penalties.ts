import type { CallRecord } from '../call-record.ts';
import type { PlannedComparison } from '../plan/plan.ts';
import { pairOf } from '../plan/plan.ts';
import type { MetricSample } from '../stats/sample.ts';
import type { MetricName } from './catalogue.ts';
import { peerTags } from './derive.ts';
import { medianOf } from './distribution.ts';
import type { PeerFigures } from './peer-figures.ts';

/** By penalty, the figure that it is a difference of. */
export const PENALTIES = {
  relay_penalty_ms: 'connect_ms',
  relay_penalty_first_frame_ms: 'first_frame_ms',
  relay_penalty_rtt_ms: 'rtt_ms',
} as const satisfies Partial<Record<MetricName, MetricName>>;
export type PenaltyName = keyof typeof PENALTIES;

const NAMES = Object.keys(PENALTIES) as PenaltyName[];

export function isPenalty(metric: string): metric is PenaltyName {
  return Object.hasOwn(PENALTIES, metric);
}

/** What one peer of one call can be compared by. */
interface PeerEntry {
  /** Pair and role: only the same browsers in the same places are compared. */
  place: string;
  isBaseline: boolean;
  t: number;
  tags: Record<string, string>;
  figures: Partial<Record<PenaltyName, number>>;
}

/**
 * What variants cost more than the baseline. Keeps three numbers a peer and call, no samples.
 *
 * A call counts as far as it got: one that connected and broke later has its `connect_ms`.
 */
export class Penalties {
  readonly #comparison: PlannedComparison | undefined;
  readonly #entries: PeerEntry[] = [];

  /** @param comparison without a baseline nothing is ever said. */
  constructor(comparison: PlannedComparison | undefined) {
    this.#comparison = comparison;
  }

  /** One call, once all its samples are in `figures`. */
  add(record: CallRecord, figures: PeerFigures): void {
    const { baseline, axis } = this.#comparison ?? {};
    const { variant, endMs: t } = record;
    if (baseline === undefined || !variant || variant.axis !== axis) return;
    for (const peer of Object.values(record.peers)) {
      this.#entries.push({
        place: placeOf(pairOf(record.cell), peer.role),
        isBaseline: variant.name === baseline,
        t,
        tags: { ...peerTags(record, peer), ...figures.candidateTag(peer.role) },
        figures: comparable(figures, peer.role),
      });
    }
  }

  /**
   * One sample a penalty for each peer of each call of the other variants, over all calls added by now. None where the
   * peer lacks the figure, or no call of the baseline with the same pair has it.
   */
  *derive(): Generator<MetricSample> {
    const baselines = this.#baselines();
    for (const { place, isBaseline, t, tags, figures } of this.#entries) {
      if (isBaseline) continue;
      for (const metric of NAMES) {
        const [own, baseline] = [figures[metric], baselines.get(`${metric}\n${place}`)];
        if (own !== undefined && baseline !== undefined) yield { metric, value: own - baseline, t, tags };
      }
    }
  }

  #baselines(): Map<string, number> {
    const values = new Map<string, number[]>();
    for (const { place, isBaseline, figures } of this.#entries) {
      if (!isBaseline) continue;
      for (const metric of NAMES) {
        const key = `${metric}\n${place}`;
        if (figures[metric] === undefined) continue;
        const list = values.get(key) ?? [];
        list.push(figures[metric]);
        values.set(key, list);
      }
    }
    return new Map([...values].map(([key, list]) => [key, medianOf(list)!]));
  }
}

function placeOf(pair: string, role: string): string {
  return `${pair}\n${role}`;
}

function comparable(figures: PeerFigures, role: string): PeerEntry['figures'] {
  const own = figures.of(role);
  const of = {
    relay_penalty_ms: own['connect_ms'],
    relay_penalty_first_frame_ms: own['first_frame_ms'],
    // A mean over what was measured before the hold is no steady state.
    relay_penalty_rtt_ms: figures.overHold(role, 'rtt_ms'),
  } satisfies Record<PenaltyName, number | undefined>;
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));
}
