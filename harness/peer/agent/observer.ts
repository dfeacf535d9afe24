import type { RawStat } from '../../stats/sample.ts';
import type { Received } from '../connection-settings.ts';
import type { MediaObservation } from '../peer.ts';
import { PictureWatch, type WatchedPictures } from './picture-watch.ts';
import { smallPictures } from './small-picture.ts';

/** A look so soon after the last one would find the same frame. */
const SOON_MS = 100;

/** Looks at what the remote `<video>` elements show, scaled down to 32×18, and reads what the connections received. */
export class Observer {
  #timer: ReturnType<typeof setInterval> | undefined;
  #before: Received = {};
  #videos: () => HTMLVideoElement[];
  #report: () => Promise<RawStat[]>;
  #read = smallPictures();
  #watches = new Map<HTMLVideoElement, PictureWatch>();
  #lookedMs = -Infinity;

  constructor({ videos, report }: { videos: () => HTMLVideoElement[]; report: () => Promise<RawStat[]> }) {
    this.#videos = videos;
    this.#report = report;
  }

  async start(intervalMs: number): Promise<void> {
    this.#before = totals(await this.#report());
    this.#look();
    this.#timer = setInterval(() => this.#look(), intervalMs);
  }

  async finish(): Promise<MediaObservation> {
    this.stop();
    this.#look();
    const after = totals(await this.#report());
    const gained = (key: keyof Received) => {
      const end = after[key];
      return end === undefined ? undefined : end - (this.#before[key] ?? 0);
    };
    return {
      ...this.#pictures(),
      audioPackets: gained('audioPackets'),
      audioEnergy: gained('audioEnergy'),
      framesDecoded: gained('framesDecoded'),
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    if (performance.now() - this.#lookedMs < SOON_MS) return;
    this.#lookedMs = performance.now();
    for (const video of this.#videos()) {
      const picture = this.#read(video);
      if (!picture) continue;
      const watch = this.#watches.get(video) ?? new PictureWatch();
      this.#watches.set(video, watch);
      watch.add(picture);
    }
  }

  /** Of several videos the one that moves least: one that stands still must not hide behind the others. */
  #pictures(): WatchedPictures {
    const all = [...this.#watches.values()].map(({ watched }) => watched);
    const moving = ({ lateChanges, lateLooks }: WatchedPictures) => lateChanges / Math.max(1, lateLooks);
    const least = all.toSorted((a, b) => moving(a) - moving(b))[0];
    return {
      ...(least ?? { frames: 0, changes: 0, lateLooks: 0, lateChanges: 0 }),
      maxLuma: all.length > 0 ? Math.round(Math.min(...all.map(({ maxLuma }) => maxLuma))) : 0,
      maxDeviation: Math.round(Math.max(...all.map(({ maxDeviation }) => maxDeviation), 0) * 10) / 10,
    };
  }
}

export function totals(report: RawStat[]): Received {
  const sums: Received = {};
  const add = (key: keyof Received, value: unknown) => {
    if (typeof value === 'number') sums[key] = (sums[key] ?? 0) + value;
  };
  for (const stat of report) {
    if (stat.type !== 'inbound-rtp') continue;
    if (stat['kind'] === 'audio') {
      add('audioPackets', stat['packetsReceived']);
      add('audioEnergy', stat['totalAudioEnergy']);
    } else add('framesDecoded', stat['framesDecoded']);
  }
  return sums;
}
