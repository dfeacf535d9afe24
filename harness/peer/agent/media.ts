import type { MediaArg, OpenedMedia } from '../protocol.ts';
import { inPhase } from './phase-error.ts';
import { CANVAS_FPS, type CanvasSourceOptions, openCanvasTrack } from './canvas-source.ts';

type CanvasOptions = Partial<CanvasSourceOptions>;

/** The media this page sends. Whoever opens it releases the devices with `close()`. */
export class LocalMedia {
  readonly stream = new MediaStream();
  #captured: MediaStreamTrack[] = [];
  #stops: (() => void)[] = [];

  async open({ audio, video }: MediaArg): Promise<OpenedMedia> {
    const camera = video && video.source === 'fake-device' ? video : false;
    if (audio || camera) {
      const constraints = { audio, video: camera && cameraConstraints(camera) };
      const captured = await inPhase('media', 'getUserMedia()', () =>
        navigator.mediaDevices.getUserMedia(constraints),
      );
      this.#captured = captured.getTracks();
      for (const track of this.#captured) this.stream.addTrack(track);
    }
    if (video && !camera) this.stream.addTrack(this.openCanvas(video));
    const settings = this.stream.getVideoTracks()[0]?.getSettings();
    // A canvas does not say how often it is painted.
    const painted = video && !camera ? { ...video, frameRate: video.frameRate ?? CANVAS_FPS } : undefined;
    return { audio, ...(settings && { video: pick({ ...settings, ...painted }) }) };
  }

  /** A picture painted by the page, beside what is sent. */
  openCanvas({ width = 640, height = 360, frameRate, source = 'noise' }: CanvasOptions): MediaStreamTrack {
    const { track, stop } = openCanvasTrack({ width, height, source, ...(frameRate && { frameRate }) });
    this.#captured.push(track);
    this.#stops.push(stop);
    return track;
  }

  /** Capture tracks that still hold their device. */
  get live(): number {
    return this.#captured.filter((track) => track.readyState === 'live').length;
  }

  close(): void {
    for (const stop of this.#stops) stop();
    for (const track of this.#captured) track.stop();
  }
}

function cameraConstraints({
  width,
  height,
  frameRate,
}: {
  width: number;
  height: number;
  frameRate?: number;
}) {
  return { width, height, ...(frameRate && { frameRate }) };
}

function pick({ width, height, frameRate }: MediaTrackSettings): NonNullable<OpenedMedia['video']> {
  return { ...(width && { width }), ...(height && { height }), ...(frameRate && { frameRate }) };
}
