import type { RawStat } from '../../stats/sample.ts';
import type { MediaObservation } from '../peer.ts';

const WIDTH = 32;
const HEIGHT = 18;
/** Mean difference per channel, of 255, from which two pictures count as different; encoder noise stays below it. */
const CHANGED = 1;

interface Totals {
  audioPackets?: number;
  audioEnergy?: number;
  framesDecoded?: number;
}

/**
 * Looks at what the remote `<video>` elements show, scaled down to 32×18, and reads what the connections received.
 *
 * A picture is compared with the last one that counted as different, so that a slow fade counts as change too.
 */
export class Observer {
  #timer: ReturnType<typeof setInterval> | undefined;
  #before: Totals = {};
  #videos: () => HTMLVideoElement[];
  #report: () => Promise<RawStat[]>;
  #context = pictureContext();
  #last = new WeakMap<HTMLVideoElement, Uint8ClampedArray>();
  #frames = 0;
  #changes = 0;
  #maxLuma = 0;
  #maxDeviation = 0;

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
    const gained = (key: keyof Totals) => {
      const end = after[key];
      return end === undefined ? undefined : end - (this.#before[key] ?? 0);
    };
    return {
      frames: this.#frames,
      changes: this.#changes,
      maxLuma: Math.round(this.#maxLuma),
      maxDeviation: Math.round(this.#maxDeviation * 10) / 10,
      audioPackets: gained('audioPackets'),
      audioEnergy: gained('audioEnergy'),
      framesDecoded: gained('framesDecoded'),
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const video of this.#videos()) {
      if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) continue;
      this.#context.drawImage(video, 0, 0, WIDTH, HEIGHT);
      const picture = this.#context.getImageData(0, 0, WIDTH, HEIGHT).data;
      this.#frames++;
      const { max, deviation } = luma(picture);
      this.#maxLuma = Math.max(this.#maxLuma, max);
      this.#maxDeviation = Math.max(this.#maxDeviation, deviation);
      const last = this.#last.get(video);
      if (last && difference(last, picture) < CHANGED) continue;
      if (last) this.#changes++;
      this.#last.set(video, picture);
    }
  }
}

function pictureContext(): CanvasRenderingContext2D {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  return canvas.getContext('2d', { willReadFrequently: true })!;
}

/** ITU-R BT.709 luma of a picture: its brightest pixel and its standard deviation. */
function luma(picture: Uint8ClampedArray): { max: number; deviation: number } {
  let max = 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < picture.length; i += 4) {
    const y = 0.2126 * picture[i]! + 0.7152 * picture[i + 1]! + 0.0722 * picture[i + 2]!;
    max = Math.max(max, y);
    sum += y;
    squares += y * y;
  }
  const count = picture.length / 4;
  return { max, deviation: Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) };
}

function difference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (i % 4 !== 3) sum += Math.abs(a[i]! - b[i]!);
  return sum / ((a.length / 4) * 3);
}

function totals(report: RawStat[]): Totals {
  const sums: Totals = {};
  const add = (key: keyof Totals, value: unknown) => {
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
