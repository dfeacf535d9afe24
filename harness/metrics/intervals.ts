import { normalise, number, type NormalisedSample, type RtpStream } from '../stats/normalise.ts';
import type { StatsSample } from '../stats/sample.ts';
import type { MetricName } from './catalogue.ts';
import {
  bitrate,
  gained,
  limitedRatio,
  lossRatio,
  perSecond,
  ratio,
  scaled,
  sum,
  type Change,
  type Derivation,
} from './change.ts';

/** One value of one metric over one interval between two samples of a connection. */
export interface IntervalValue {
  metric: MetricName;
  value: number;
  connection: string;
  /** Stats id of the stream; absent on what is measured by connection. */
  stream?: RtpStream;
  /** Ends of the interval, epoch ms in the peer's clock. */
  startMs: number;
  endMs: number;
}

/**
 * Rates over less say more about when the samples were taken than about the call: at 20 fps a quarter of a second is
 * five frames, give or take one. A shorter interval is joined to the one that follows.
 */
const MIN_INTERVAL_MS = 250;

type StreamMetric = {
  metric: MetricName;
  of: 'inbound' | 'outbound';
  /** Left out: both kinds. */
  kind?: RtpStream['kind'];
  /** `undefined`: no evidence in this interval. */
  derive: Derivation;
};

/** Metrics with one value for each stream and interval. */
const STREAM_METRICS: readonly StreamMetric[] = [
  {
    metric: 'jitter_ms',
    of: 'inbound',
    // A stream that received nothing repeats its last jitter for ever.
    derive: (change) =>
      gained(change, 'packetsReceived') ? scaled(number(change.after, 'jitter'), 1000) : undefined,
  },
  { metric: 'packet_loss_ratio', of: 'inbound', derive: lossRatio },
  {
    metric: 'concealment_ratio',
    of: 'inbound',
    kind: 'audio',
    derive: ratio('concealedSamples', 'totalSamplesReceived'),
  },
  {
    metric: 'jitter_buffer_ms',
    of: 'inbound',
    derive: ratio('jitterBufferDelay', 'jitterBufferEmittedCount', 1000),
  },
  { metric: 'fps_received', of: 'inbound', kind: 'video', derive: perSecond('framesDecoded') },
  { metric: 'freeze_ratio', of: 'inbound', kind: 'video', derive: perSecond('totalFreezesDuration') },
  {
    metric: 'decode_ms_per_frame',
    of: 'inbound',
    kind: 'video',
    derive: ratio('totalDecodeTime', 'framesDecoded', 1000),
  },
  {
    metric: 'fps_sent',
    of: 'outbound',
    kind: 'video',
    derive: (change) => perSecond('framesSent')(change) ?? perSecond('framesEncoded')(change),
  },
  {
    metric: 'encode_ms_per_frame',
    of: 'outbound',
    kind: 'video',
    derive: ratio('totalEncodeTime', 'framesEncoded', 1000),
  },
  { metric: 'quality_limitation_ratio', of: 'outbound', kind: 'video', derive: limitedRatio },
];

/** Counters of events: every one counts, in however short an interval, and from a stream's birth on. */
const EVENT_COUNTERS = [
  ['nack_count', 'nackCount'],
  ['pli_count', 'pliCount'],
  ['fir_count', 'firCount'],
] as const satisfies (readonly [MetricName, string])[];

/** What a connection was when it was last measured. */
interface Baseline {
  /** The last sample, for counters of events. */
  last: NormalisedSample;
  /** The sample that rates are measured from; older than `last` while the interval is too short. */
  rates: NormalisedSample;
}

export interface IntervalOptions {
  /** Which step a moment (peer's clock) lies in: rates are never joined across a border between steps. */
  stepAt?: (t: number) => string | undefined;
  /** Called with every sample once it is normalised. */
  onSample?: (sample: NormalisedSample) => void;
}

/** Everything that lies between a peer's samples, as they come. Keeps two samples for each connection. */
export class IntervalDeriver {
  readonly #stepAt: NonNullable<IntervalOptions['stepAt']>;
  readonly #onSample: NonNullable<IntervalOptions['onSample']>;
  readonly #baselines = new Map<string, Baseline>();

  constructor({ stepAt = () => undefined, onSample = () => {} }: IntervalOptions = {}) {
    this.#stepAt = stepAt;
    this.#onSample = onSample;
  }

  /** What lies between this sample and those before. */
  *add(raw: StatsSample): Generator<IntervalValue> {
    const sample = normalise(raw);
    this.#onSample(sample);
    const baseline = this.#baselines.get(sample.connection);
    yield* eventCounts(baseline?.last, sample);
    if (!baseline) {
      this.#baselines.set(sample.connection, { last: sample, rates: sample });
      return;
    }
    baseline.last = sample;
    const isShort = sample.t - baseline.rates.t < MIN_INTERVAL_MS;
    if (!isShort) yield* rates(baseline.rates, sample);
    if (!isShort || this.#stepAt(baseline.rates.t) !== this.#stepAt(sample.t)) baseline.rates = sample;
  }
}

/** {@link IntervalDeriver} over samples that are there already, in order. */
export function* intervals({
  samples,
  ...options
}: IntervalOptions & { samples: Iterable<StatsSample> }): Generator<IntervalValue> {
  const deriver = new IntervalDeriver(options);
  for (const sample of samples) yield* deriver.add(sample);
}

function* eventCounts(
  before: NormalisedSample | undefined,
  after: NormalisedSample,
): Generator<IntervalValue> {
  const times = { connection: after.connection, startMs: before?.t ?? after.t, endMs: after.t };
  for (const stream of after.inbound) {
    const earlier = before?.inbound.find(({ id }) => id === stream.id)?.stat;
    for (const [metric, field] of EVENT_COUNTERS) {
      const now = number(stream.stat, field);
      if (now === undefined) continue;
      const value = now - (number(earlier, field) ?? 0);
      // A counter that shrank was started again: what it shows has happened since.
      yield { ...times, metric, stream, value: value < 0 ? now : value };
    }
  }
}

function* rates(before: NormalisedSample, after: NormalisedSample): Generator<IntervalValue> {
  const times = { connection: after.connection, startMs: before.t, endMs: after.t };
  const changed = {
    inbound: changes(before.inbound, after.inbound),
    outbound: changes(before.outbound, after.outbound),
  };
  for (const { metric, of, kind, derive } of STREAM_METRICS) {
    for (const { stream, change } of changed[of]) {
      const value = kind && kind !== stream.kind ? undefined : derive(change);
      if (value !== undefined) yield { ...times, metric, stream, value };
    }
  }
  for (const [metric, value] of connectionRates(before, after, changed)) {
    if (value !== undefined) yield { ...times, metric, value };
  }
}

function connectionRates(
  before: NormalisedSample,
  after: NormalisedSample,
  { inbound: received, outbound: sent }: Record<StreamMetric['of'], StreamChange[]>,
): [metric: MetricName, value: number | undefined][] {
  return [
    ['send_bitrate_bps', sum(sent.map(({ change }) => bitrate(change, 'bytesSent', 'headerBytesSent')))],
    [
      'recv_bitrate_bps',
      sum(received.map(({ change }) => bitrate(change, 'bytesReceived', 'headerBytesReceived'))),
    ],
    ['rtt_ms', scaled(after.pair?.currentRoundTripTime ?? reportedRoundTrip(before, after), 1000)],
    ['available_outgoing_bitrate_bps', number(after.pair?.stat, 'availableOutgoingBitrate')],
  ];
}

/** Mean over the RTCP reports that arrived in the interval; an old one is no new measurement. */
function reportedRoundTrip(before: NormalisedSample, after: NormalisedSample): number | undefined {
  const fresh = after.outbound.flatMap(({ id, remote }) => {
    const earlier = before.outbound.find((stream) => stream.id === id)?.remote;
    const value =
      remote && remote.timestamp !== earlier?.timestamp ? number(remote, 'roundTripTime') : undefined;
    return value === undefined ? [] : [value];
  });
  return fresh.length ? sum(fresh)! / fresh.length : undefined;
}

interface StreamChange {
  stream: RtpStream;
  change: Change;
}

function changes(before: RtpStream[], after: RtpStream[]): StreamChange[] {
  return after.flatMap((stream) => {
    const earlier = before.find(({ id }) => id === stream.id);
    return earlier ? [{ stream, change: { before: earlier.stat, after: stream.stat } }] : [];
  });
}
