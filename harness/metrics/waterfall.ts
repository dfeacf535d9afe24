import type { PeerMarks } from '../call-record.ts';
import type { MetricName } from './catalogue.ts';

type Mark = Exclude<keyof PeerMarks, 'firstRtpResolutionMs'>;

/** Which marks each waterfall metric lies between; the first pair that is there counts. Both are in the peer's own clock. */
export const WATERFALL = {
  gum_ms: [['gumStart', 'gumEnd']],
  signaling_ms: [
    ['offerSent', 'answerReceived'],
    ['offerReceived', 'answerSent'],
  ],
  gather_ms: [['gatherStart', 'gatherEnd']],
  stun_ms: [['gatherStart', 'firstSrflx']],
  turn_allocate_ms: [['gatherStart', 'firstRelay']],
  ice_connected_ms: [['start', 'iceConnected']],
  dtls_connected_ms: [['start', 'dtlsConnected']],
  connect_ms: [['start', 'connected']],
  first_rtp_ms: [['start', 'firstRtp']],
  first_frame_ms: [['start', 'firstFrame']],
} as const satisfies Partial<Record<MetricName, readonly (readonly [Mark, Mark])[]>>;

export interface WaterfallValue {
  metric: keyof typeof WATERFALL;
  value: number;
  /** When the later mark was, epoch ms in the peer's clock. */
  t: number;
}

/**
 * The waterfall of one peer. A metric is absent when a mark is missing, or when its marks are the wrong way round: a
 * clock that was set during the call makes no negative times.
 */
export function waterfall(marks: PeerMarks): WaterfallValue[] {
  return Object.entries(WATERFALL).flatMap(([metric, pairs]) => {
    for (const [from, to] of pairs) {
      const [start, end] = [marks[from], marks[to]];
      if (start === undefined || end === undefined || end < start) continue;
      return [{ metric: metric as keyof typeof WATERFALL, value: end - start, t: end }];
    }
    return [];
  });
}
