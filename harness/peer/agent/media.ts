import type { MediaArg, OpenedMedia } from '../protocol.ts';
import type { VideoOptions } from '../peer.ts';
import { inPhase } from './phase-error.ts';
import { CANVAS_FPS, openCanvasTrack } from './canvas-source.ts';
import { captureAlone } from './shared-capture.ts';
import { openTestPattern, openTone, type Tone } from './content/test-pattern.ts';

type CanvasOptions = Omit<VideoOptions, 'maxBitrate'>;
type Camera = Exclude<MediaArg['video'], false>;

const PLAIN_SOUND = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** The media this page sends. Whoever opens it releases the devices with `close()`. */
export class LocalMedia {
  readonly stream = new MediaStream();
  #captured: MediaStreamTrack[] = [];
  #stops: (() => void)[] = [];
  #name: () => string;
  #openDevices: typeof captureAlone;

  /** @param name what its test patterns are signed as, unless told otherwise */
  constructor(name: () => string, openDevices = captureAlone) {
    this.#name = name;
    this.#openDevices = openDevices;
  }

  async open({ audio, tone = false, voiceProcessing, video, signedAs }: MediaArg): Promise<OpenedMedia> {
    const camera = video && video.source === 'fake-device' ? video : false;
    const microphone = audio && !tone && (voiceProcessing === false ? PLAIN_SOUND : true);
    const sound = tone ? await openTone() : undefined;
    if (microphone || camera) await this.#capture(microphone, camera);
    // Better another sound than none; the picture says that it does not belong to it.
    else if (tone && !sound) await this.#capture(true, false);
    if (sound || (video && video.source === 'test-pattern')) this.#openPattern({ sound, video, signedAs });
    else if (video && !camera) this.stream.addTrack(this.openCanvas(video));
    const settings = this.stream.getVideoTracks()[0]?.getSettings();
    // A canvas does not say how often it is painted.
    const painted = video && !camera ? { ...video, frameRate: video.frameRate ?? CANVAS_FPS } : undefined;
    return { audio, ...(settings && { video: pick({ ...settings, ...painted }) }) };
  }

  /** A picture painted by the page, beside what is sent. */
  openCanvas({
    width = 640,
    height = 360,
    frameRate = CANVAS_FPS,
    source = 'noise',
    signedAs = this.#name(),
  }: CanvasOptions): MediaStreamTrack {
    if (source === 'fake-device') throw new TypeError('openVideo(): a camera is opened by getUserMedia()');
    const size = { width, height, frameRate };
    const { tracks, stop } =
      source === 'test-pattern'
        ? openTestPattern({ picture: size, signedAs })
        : openCanvasTrack({ ...size, source });
    this.#own(tracks, stop);
    return tracks[0]!;
  }

  /** Capture tracks that still hold their device. */
  get live(): number {
    return this.#captured.filter((track) => track.readyState === 'live').length;
  }

  close(): void {
    for (const track of this.#captured) track.stop();
    for (const stop of this.#stops.splice(0)) stop();
  }

  async #capture(audio: MediaStreamConstraints['audio'], camera: Camera | false): Promise<void> {
    const constraints = { audio, video: camera && cameraConstraints(camera) };
    const { stream, release } = await inPhase('media', 'getUserMedia()', () =>
      this.#openDevices(constraints),
    );
    this.#send(stream.getTracks(), release);
  }

  #openPattern({
    sound,
    video,
    signedAs = this.#name(),
  }: Pick<MediaArg, 'video' | 'signedAs'> & { sound: Tone | undefined }): void {
    const { tracks, stop } = openTestPattern({ ...(video && { picture: video }), tone: sound, signedAs });
    this.#send(tracks, stop);
  }

  #send(tracks: MediaStreamTrack[], stop?: () => void): void {
    this.#own(tracks, stop);
    for (const track of tracks) this.stream.addTrack(track);
  }

  #own(tracks: MediaStreamTrack[], stop?: () => void): void {
    this.#captured.push(...tracks);
    if (stop) this.#stops.push(stop);
  }
}

function cameraConstraints({ width, height, frameRate }: Camera) {
  return { width, height, ...(frameRate && { frameRate }) };
}

function pick({ width, height, frameRate }: MediaTrackSettings): NonNullable<OpenedMedia['video']> {
  return { ...(width && { width }), ...(height && { height }), ...(frameRate && { frameRate }) };
}
