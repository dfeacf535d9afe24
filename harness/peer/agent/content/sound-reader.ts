import { now } from '../clock.ts';
import type { SyncLedger } from './sync-ledger.ts';
import { toneIn } from './tone.ts';

/** How often the sound is listened to, ms. */
const LISTEN_MS = 15;
/** Samples listened to at a time: 21 ms at 48 kHz. */
const SAMPLES = 1024;

/** Listens to which tone a remote audio track plays. */
export class SoundReader {
  #timer: ReturnType<typeof setInterval>;

  constructor(track: MediaStreamTrack, context: AudioContext, ledger: SyncLedger) {
    const analyser = context.createAnalyser();
    analyser.fftSize = SAMPLES;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(SAMPLES);
    // A new tone wins when it fills half of what is listened to.
    const lateMs = (SAMPLES / context.sampleRate / 2) * 1000;
    let last = now();
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const t = now();
      ledger.hear(toneIn(samples, context.sampleRate), t - lateMs, t - last);
      last = t;
    }, LISTEN_MS);
    track.addEventListener('ended', () => this.stop());
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
