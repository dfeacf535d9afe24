import { StatsAssembler } from '../stats/delta.ts';
import { normalise, number } from '../stats/normalise.ts';
import type { StatsDelta } from '../stats/sample.ts';
import type { ClockEstimate } from './clock.ts';
import type { SentRate } from './peer.ts';

/** Rates over less say more about when the samples were taken than about the call. */
const MIN_INTERVAL_MS = 250;

/** What a peer's first connection sends, from its stats as they come: a number per interval. */
export class SentRates {
  readonly rates: SentRate[] = [];
  #assembler = new StatsAssembler();
  #connection: string | undefined;
  #last: { t: number; bytes: number } | undefined;

  /** On the harness's clock. */
  asOf({ offsetMs }: ClockEstimate): SentRate[] {
    return this.rates.map(({ startMs, endMs, bps }) => ({
      startMs: startMs - offsetMs,
      endMs: endMs - offsetMs,
      bps,
    }));
  }

  /** To be given every sample from the first one on: what comes before that is unknown. */
  add(delta: StatsDelta): void {
    const sample = this.#assembler.add(delta);
    this.#connection ??= sample?.connection;
    if (!sample || sample.connection !== this.#connection) return;
    const { t, outbound } = normalise(sample);
    const last = this.#last;
    if (last && t - last.t < MIN_INTERVAL_MS) return;
    const bytes = outbound
      .flatMap(({ stat }) => [number(stat, 'bytesSent'), number(stat, 'headerBytesSent')])
      .reduce<number>((sum, each) => sum + (each ?? 0), 0);
    this.#last = { t, bytes };
    if (last)
      this.rates.push({ startMs: last.t, endMs: t, bps: ((bytes - last.bytes) * 8000) / (t - last.t) });
  }
}
