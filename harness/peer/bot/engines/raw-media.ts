import type { nonstandard } from '@roamhq/wrtc';

type VideoSource = InstanceType<typeof nonstandard.RTCVideoSource>;
type AudioSource = InstanceType<typeof nonstandard.RTCAudioSource>;

export const WIDTH = 640;
export const HEIGHT = 360;
export const FRAME_RATE = 20;
const SAMPLE_RATE = 48_000;
/** What libwebrtc takes at a time. */
const SOUND_MS = 10;
/** Further behind than this, what was missed is not made up for. */
const BEHIND_MS = 1000;

/** A picture that moves and a tone, as an encoder wants them. The turns of a clock make them. */
export class RawMedia {
  #video: VideoSource | undefined;
  #audio: AudioSource | undefined;
  #frame = Buffer.alloc((WIDTH * HEIGHT * 3) / 2, 128);
  #stripes = Buffer.from(Array.from({ length: WIDTH + 256 }, (_, x) => x & 0xff));
  #count = { frames: 0, sounds: 0 };
  #startMs: number;

  constructor(sources: { video: VideoSource | undefined; audio: AudioSource | undefined }) {
    this.#video = sources.video;
    this.#audio = sources.audio;
    this.#startMs = performance.now();
  }

  turn(nowMs: number): void {
    const passedMs = nowMs - this.#startMs;
    const due = { frames: (passedMs * FRAME_RATE) / 1000, sounds: passedMs / SOUND_MS };
    if (due.sounds - this.#count.sounds > BEHIND_MS / SOUND_MS) {
      this.#count = { frames: Math.floor(due.frames), sounds: Math.floor(due.sounds) };
    }
    while (this.#count.frames < due.frames) this.#paint(this.#count.frames++);
    while (this.#count.sounds < due.sounds) this.#sound(this.#count.sounds++);
  }

  /** Stripes that move to the left, by four pixels in each frame. */
  #paint(count: number): void {
    const from = (count * 4) & 0xff;
    for (let y = 0; y < HEIGHT; y++) this.#stripes.copy(this.#frame, y * WIDTH, from, from + WIDTH);
    this.#video?.onFrame({ width: WIDTH, height: HEIGHT, data: this.#frame });
  }

  /** 440 Hz. */
  #sound(count: number): void {
    const frames = (SAMPLE_RATE * SOUND_MS) / 1000;
    const samples = new Int16Array(frames);
    for (let index = 0; index < frames; index++) {
      const t = (count * frames + index) / SAMPLE_RATE;
      samples[index] = 8000 * Math.sin(2 * Math.PI * 440 * t);
    }
    this.#audio?.onData({
      samples,
      sampleRate: SAMPLE_RATE,
      bitsPerSample: 16,
      channelCount: 1,
      numberOfFrames: frames,
    });
  }
}
