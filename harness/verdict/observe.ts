import type { CallRecord, PeerRecord, StepRecord } from '../call-record.ts';
import type { CollectedPeer } from '../metrics/collected.ts';
import { HOLD_STEP } from '../metrics/steps.ts';
import { number, type NormalisedSample } from '../stats/normalise.ts';
import type { RawStat } from '../stats/sample.ts';

/** What the judge needs of a peer's samples beside the metrics. Sizes do not grow with the call's length. */
export interface PeerObservation {
  samples: number;
  /** The last sample; the pair, ciphers and codecs the call ended with. */
  last?: NormalisedSample;
  /**
   * First and last sample inside the hold, of the connection that was first seen in it. Absent without a hold or if
   * none lies in it; what is known of the hold also needs the peer's clock.
   */
  hold?: HoldObservation;
  /** The same of every connection, by the remote peer's role. */
  holds?: Map<string, HoldObservation>;
}

export interface HoldObservation {
  first: NormalisedSample;
  last: NormalisedSample;
  durationMs: number;
}

/** Watches the samples of one call go by. */
export class CallObserver {
  readonly #record: CallRecord;
  readonly #hold: StepRecord | undefined;
  readonly #peers = new Map<string, PeerObservation>();

  constructor(record: CallRecord) {
    this.#record = record;
    this.#hold = record.steps.find(({ name }) => name === HOLD_STEP);
  }

  /** To be given to `deriveCall()` as `onSample`. */
  readonly add = (role: string, sample: NormalisedSample): void => {
    const peer = this.#peers.get(role) ?? { samples: 0 };
    this.#peers.set(role, peer);
    peer.samples++;
    peer.last = sample;
    const durationMs = this.#holdAround(role, sample.t);
    if (durationMs === undefined) return;
    const holds = (peer.holds ??= new Map());
    const hold = holds.get(sample.connection) ?? { first: sample, last: sample, durationMs };
    hold.last = sample;
    holds.set(sample.connection, hold);
    peer.hold ??= hold;
  };

  /** In place of what was seen of a peer: what whoever saw all its samples noted. */
  replace(role: string, { samples, observed }: Pick<CollectedPeer, 'samples' | 'observed'>): void {
    const durationMs = this.#hold && (this.#hold.endMs ?? this.#record.endMs) - this.#hold.startMs;
    const holds = new Map(
      Object.entries(observed.holds).map(([remote, { first, last }]) => [
        remote,
        { first, last, durationMs: durationMs ?? 0 },
      ]),
    );
    const [hold] = holds.values();
    this.#peers.set(role, { samples, last: observed.last, ...(hold && { hold, holds }) });
  }

  of(role: string): PeerObservation {
    return this.#peers.get(role) ?? { samples: 0 };
  }

  #holdAround(role: string, peerMs: number): number | undefined {
    const clock = this.#record.peers[role]?.clock;
    if (!clock || !this.#hold) return undefined;
    const { startMs, endMs = this.#record.endMs } = this.#hold;
    const t = peerMs - clock.offsetMs;
    return startMs <= t && t <= endMs ? endMs - startMs : undefined;
  }
}

/** Whether the peer could have been measured in a hold: there was one, and its clock is known. */
export function isHoldMeasurable({ steps }: CallRecord, { clock }: PeerRecord): boolean {
  return clock !== undefined && steps.some(({ name }) => name === HOLD_STEP);
}

/**
 * Whether every RTP counter that was there at both ends of the hold stood still. `undefined` if there are none.
 */
export function isFrozen({ hold }: Pick<PeerObservation, 'hold'>): boolean | undefined {
  if (!hold || hold.first === hold.last) return undefined;
  const counters = rtpCounters(hold.first);
  const moves = [...rtpCounters(hold.last)].flatMap(([id, value]) => {
    const before = counters.get(id);
    return before === undefined ? [] : [value !== before];
  });
  return moves.length ? !moves.includes(true) : undefined;
}

/** With whom every counter stood still. */
export function frozenWith({ holds = new Map() }: PeerObservation): string[] {
  return [...holds].flatMap(([remote, hold]) => (isFrozen({ hold }) ? [remote] : []));
}

function rtpCounters({ inbound, outbound }: NormalisedSample): Map<string, number> {
  const counters = new Map<string, number>();
  for (const { id, stat } of [...inbound, ...outbound]) {
    const packets = number(stat, 'packetsReceived') ?? number(stat, 'packetsSent');
    if (packets !== undefined) counters.set(id, packets);
  }
  return counters;
}

/** Frames per second that the slowest video source gave in the hold; `undefined` if the browser does not count them. */
export function sourceFps({ hold }: PeerObservation): number | undefined {
  const rates = hold?.last.outbound.flatMap(({ id, kind, source }) => {
    const before = hold.first.outbound.find((stream) => stream.id === id)?.source;
    if (kind !== 'video' || !before || !source) return [];
    const [start, end] = [number(before, 'frames'), number(source, 'frames')];
    const elapsedMs = source.timestamp - before.timestamp;
    return start === undefined || end === undefined || end < start || elapsedMs <= 0
      ? []
      : [(end - start) / (elapsedMs / 1000)];
  });
  return rates?.length ? Math.min(...rates) : undefined;
}

/** Share of the hold in which an encoder said `qualityLimitationReason: cpu`, the worst stream's; Chromium only. */
export function cpuLimitedRatio({ hold }: PeerObservation): number | undefined {
  const ratios = hold?.last.outbound.flatMap(({ id, stat }) => {
    const before = hold.first.outbound.find((stream) => stream.id === id);
    const [start, end] = [before && limitations(before.stat), limitations(stat)];
    if (!start || !end || end.total <= start.total) return [];
    return [(end.cpu - start.cpu) / (end.total - start.total)];
  });
  return ratios?.length ? Math.max(...ratios) : undefined;
}

function limitations(stat: Record<string, unknown>): { cpu: number; total: number } | undefined {
  const value = stat['qualityLimitationDurations'];
  if (typeof value !== 'object' || value === null) return undefined;
  const durations = Object.entries(value).filter(([, seconds]) => typeof seconds === 'number') as [
    string,
    number,
  ][];
  const total = durations.reduce((sum, [, seconds]) => sum + seconds, 0);
  return { cpu: durations.find(([reason]) => reason === 'cpu')?.[1] ?? 0, total };
}

/** Frames of senders, added up: those there were, those there were to be, and in what time. */
export interface Frames {
  frames: number;
  nominal: number;
  elapsedMs: number;
}

interface CountedFrames {
  frames: number;
  elapsedMs: number;
}

/**
 * What each video source gave in the hold, and what was sent of it: of several encodings (simulcast) the one with most
 * frames. What the browser does not count is absent.
 */
export function framesOf({
  holds,
  hold,
}: PeerObservation): { source?: CountedFrames; sent?: CountedFrames }[] {
  const all = holds ? [...holds.values()] : hold ? [hold] : [];
  return all.flatMap(({ first, last }) => {
    const streams = last.outbound.flatMap((stream) => {
      const before = first.outbound.find(({ id }) => id === stream.id);
      if (stream.kind !== 'video' || !before) return [];
      const source = stream.source && before.source && counted(before.source, stream.source, 'frames');
      const sent = counted(before.stat, stream.stat, 'framesSent');
      return [{ ...(source && { source }), ...(sent && { sent }) }];
    });
    const most = streams.toSorted((a, b) => (b.sent?.frames ?? -1) - (a.sent?.frames ?? -1))[0];
    return most ? [most] : [];
  });
}

function counted(before: RawStat, after: RawStat, field: string): CountedFrames | undefined {
  const [start, end] = [number(before, field), number(after, field)];
  const elapsedMs = after.timestamp - before.timestamp;
  return start === undefined || end === undefined || end < start || elapsedMs <= 0
    ? undefined
    : { frames: end - start, elapsedMs };
}

/** Seconds of the hold in which encoders said `qualityLimitationReason: cpu`, of all that they told of; Chromium only. */
export function cpuLimitedSeconds({ hold }: PeerObservation): { cpu: number; total: number } {
  const sum = { cpu: 0, total: 0 };
  for (const { id, stat } of hold?.last.outbound ?? []) {
    const before = hold!.first.outbound.find((stream) => stream.id === id);
    const [start, end] = [before && limitations(before.stat), limitations(stat)];
    if (!start || !end || end.total <= start.total) continue;
    sum.cpu += end.cpu - start.cpu;
    sum.total += end.total - start.total;
  }
  return sum;
}
