import type { Playback } from '../../recording-protocol.ts';
import { PictureWatch } from '../picture-watch.ts';
import { smallPictures } from '../small-picture.ts';

/** Later than any end: a recording that was streamed does not say how long it is until somebody looks. */
const BEYOND_S = 1e7;
/** Between two looks: Firefox's fake camera changes little from frame to frame. */
const LOOK_S = 0.2;
/** On top of twice its own length. */
const PATIENCE_MS = 15_000;

/** Plays a recording to its end and looks at its pictures and sound, as its user would. */
export async function playRecording(recording: Blob): Promise<Playback> {
  const url = URL.createObjectURL(recording);
  const video = document.createElement('video');
  video.muted = true;
  video.src = url;
  try {
    const [picture, sound] = await Promise.all([watch(video), listen(recording)]);
    return { ...picture, ...sound };
  } finally {
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(url);
  }
}

async function watch(video: HTMLVideoElement): Promise<Playback> {
  const watched = new PictureWatch();
  let frames = 0;
  let newest = -1;
  let lookedS = -Infinity;
  const look = smallPictures();
  const onFrame = (_: number, { mediaTime }: VideoFrameCallbackMetadata) => {
    if (mediaTime > newest) frames++;
    newest = Math.max(newest, mediaTime);
    if (mediaTime >= lookedS + LOOK_S) {
      const picture = look(video);
      if (picture) watched.add(picture);
      lookedS = mediaTime;
    }
    video.requestVideoFrameCallback(onFrame);
  };
  const pictures = () => {
    const { lateLooks, lateChanges, maxLuma } = watched.watched;
    return { lateLooks, lateChanges, maxLuma };
  };
  const seen = (): Playback => ({
    ...(Number.isFinite(video.duration) && { durationMs: video.duration * 1000 }),
    width: video.videoWidth,
    height: video.videoHeight,
    frames,
    ...pictures(),
  });
  try {
    await happening(video, 'loadedmetadata', PATIENCE_MS);
    await findLength(video);
    video.requestVideoFrameCallback(onFrame);
    const ended = happening(video, 'ended', 2 * video.duration * 1000 + PATIENCE_MS);
    await Promise.all([ended, video.play()]);
    return seen();
  } catch (error) {
    return { ...seen(), error: error instanceof Error ? error.message : String(error) };
  }
}

/** Chromium 156 knows the length of its own WebM only once its end was looked for. */
async function findLength(video: HTMLVideoElement): Promise<void> {
  if (Number.isFinite(video.duration)) return;
  const known = happening(video, 'durationchange', PATIENCE_MS);
  video.currentTime = BEYOND_S;
  await known;
  const back = happening(video, 'seeked', PATIENCE_MS);
  video.currentTime = 0;
  await back;
}

/** Its sound as numbers; nothing if it has none that can be decoded. */
async function listen(recording: Blob): Promise<Pick<Playback, 'audioMs' | 'audioLevel'>> {
  try {
    const context = new OfflineAudioContext(1, 1, 48_000);
    const { duration, numberOfChannels, ...sound } = await decode(context, recording);
    if (numberOfChannels === 0) return {};
    return { audioMs: duration * 1000, audioLevel: sound.level };
  } catch {
    return {};
  }
}

async function decode(context: OfflineAudioContext, recording: Blob) {
  const buffer = await context.decodeAudioData(await recording.arrayBuffer());
  const samples = buffer.numberOfChannels > 0 ? buffer.getChannelData(0) : new Float32Array();
  const squares = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return {
    duration: buffer.duration,
    numberOfChannels: buffer.numberOfChannels,
    level: samples.length > 0 ? Math.sqrt(squares / samples.length) : 0,
  };
}

/** Resolves when that happens to the video; rejects with what is wrong with it, or when it takes too long. */
function happening(video: HTMLVideoElement, name: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = new AbortController();
    const { signal } = stop;
    const settle = (settled: () => void) => {
      stop.abort();
      clearTimeout(timer);
      settled();
    };
    const timer = setTimeout(
      () => settle(() => reject(new Error(`no ${name} within ${Math.round(timeoutMs)} ms`))),
      timeoutMs,
    );
    video.addEventListener(name, () => settle(resolve), { signal });
    video.addEventListener(
      'error',
      () => settle(() => reject(new Error(video.error?.message || `error ${video.error?.code}`))),
      { signal },
    );
  });
}
