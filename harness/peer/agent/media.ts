import type { MediaArg, OpenedMedia } from '../protocol.ts';
import { inPhase } from './phase-error.ts';
import { CANVAS_FPS, openCanvasTrack } from './canvas-source.ts';

/** The media this page sends. Whoever opens it releases the devices with `close()`. */
export class LocalMedia {
  readonly stream = new MediaStream();
  #captured: MediaStreamTrack[] = [];
  #stopSource: () => void = () => {};

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
    if (video && !camera) {
      const { track, stop } = openCanvasTrack(video);
      this.#captured.push(track);
      this.#stopSource = stop;
      this.stream.addTrack(track);
    }
    const settings = this.stream.getVideoTracks()[0]?.getSettings();
    // A canvas does not say how often it is painted.
    const painted = video && !camera ? { ...video, frameRate: video.frameRate ?? CANVAS_FPS } : undefined;
    return { audio, ...(settings && { video: pick({ ...painted, ...settings }) }) };
  }

  /** Capture tracks that still hold their device. */
  get live(): number {
    return this.#captured.filter((track) => track.readyState === 'live').length;
  }

  close(): void {
    this.#stopSource();
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
