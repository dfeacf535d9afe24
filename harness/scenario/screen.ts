import type { PageRig } from '../peer/connection-settings.ts';
import type { Peer } from '../peer/peer.ts';
import type { Fact } from './scenario.ts';

/** Where a shared screen comes from. */
export interface SharedScreen {
  /** `a canvas`: the browser has no screen to give. */
  source: 'getDisplayMedia' | 'a canvas';
  /** Why it is a canvas. */
  why?: string;
}

/** A video as it is shown, in pixels. */
export interface Shown {
  width: number;
  height: number;
}

// Run in a peer's page: they see nothing but their arguments.

/**
 * Adds a screen to the connection: one that the browser captures, or a canvas of 1280 × 720 where it has none to give.
 * The page has been clicked a moment ago.
 */
export async function shareScreen(remote: string, rig: PageRig): Promise<SharedScreen> {
  const captured = await navigator.mediaDevices
    .getDisplayMedia({ video: true })
    .catch((error: unknown) => String(error));
  let track = typeof captured === 'string' ? undefined : captured.getVideoTracks()[0];
  if (!track) {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 1280, height: 720 });
    const context = canvas.getContext('2d')!;
    let line = 0;
    const paint = () => {
      context.fillStyle = '#f4f4f4';
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.fillStyle = '#204080';
      for (let y = line++ % 40; y < canvas.height; y += 40) context.fillRect(20, y, canvas.width - 40, 12);
    };
    paint();
    const timer = setInterval(paint, 100);
    track = canvas.captureStream().getVideoTracks()[0]!;
    rig.kept['screenCanvas'] = canvas;
    rig.kept['screenTimer'] = timer;
  }
  rig.kept['screen'] = track;
  const view = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
  view.srcObject = new MediaStream([track]);
  rig.kept['screenView'] = view;
  rig.connection(remote).addTrack(track, new MediaStream([track]));
  return typeof captured === 'string' ? { source: 'a canvas', why: captured } : { source: 'getDisplayMedia' };
}

/**
 * The size in which the sharer shows its own screen, once it has one that is not that of `before`. Taken from its
 * frames, as `getSettings()` of a capture that begins may tell another: headless Chromium says 800 × 600 and captures
 * 800 × 450.
 */
export function capturedScreen(before: Shown | null, rig: PageRig): Shown | undefined {
  const { videoWidth: width, videoHeight: height } = rig.kept['screenView'] as HTMLVideoElement;
  if (height === 0 || (width === before?.width && height === before.height)) return undefined;
  return { width, height };
}

/** Makes the shared screen, of that size, smaller, as a window that was resized: a canvas also in its shape. */
export async function resizeScreen({ width, height }: Shown, rig: PageRig): Promise<void> {
  const canvas = rig.kept['screenCanvas'] as HTMLCanvasElement | undefined;
  const track = rig.kept['screen'] as MediaStreamTrack;
  if (canvas) canvas.width = width / 2;
  else await track.applyConstraints({ width: width / 2, height: height / 2 });
}

/** Ends the share: its section of the description with it. */
export function stopScreen(remote: string, rig: PageRig): void {
  const track = rig.kept['screen'] as MediaStreamTrack;
  clearInterval(rig.kept['screenTimer'] as number | undefined);
  track.stop();
  (rig.kept['screenView'] as HTMLVideoElement).srcObject = null;
  const all = rig.connection(remote).getTransceivers();
  all.find(({ sender }) => sender.track === track)?.stop();
}

/** The remote videos that show something, once there are that many. */
export function shownVideos(count: number): Shown[] | undefined {
  const videos = [...document.querySelectorAll('video')].filter((video) => video.videoWidth > 0);
  if (videos.length !== count) return undefined;
  return videos.map(({ videoWidth: width, videoHeight: height }) => ({ width, height }));
}

/** The newest remote video, once it has that shape and is no larger, to a tenth: encoders may make it smaller. */
export function shownScreen({ width, height }: Shown): Shown | undefined {
  const video = [...document.querySelectorAll('video')].at(-1);
  if (!video || video.videoHeight === 0) return undefined;
  const { videoWidth, videoHeight } = video;
  const isOfShape = Math.abs((videoWidth / videoHeight) * (height / width) - 1) < 0.1;
  return isOfShape && videoWidth < width * 1.1 ? { width: videoWidth, height: videoHeight } : undefined;
}

/** Clicks the peer's page: browsers give screens only to pages that somebody uses. A person does so for themselves. */
export async function clickPage({ automation }: Peer): Promise<void> {
  if (automation?.driver === 'puppeteer') await automation.page.mouse.click(1, 1);
  if (automation?.driver === 'playwright') await automation.page.mouse.click(1, 1);
}

/** What is shared, and what the other side shows of it. Sizes may shrink on the way: the shape is what must stay. */
export function screenFact(
  viewer: Peer,
  { source, why }: SharedScreen,
  { width, height }: Shown,
  shown: Shown,
): Fact {
  return {
    name: `a screen of ${width} × ${height} is seen`,
    peer: viewer,
    passed: Math.abs((shown.width / shown.height) * (height / width) - 1) < 0.1,
    expected: `its shape, from ${source}${why === undefined ? '' : `, as there is no screen to capture: ${why}`}`,
    actual: `${shown.width} × ${shown.height}`,
    phase: 'rtp',
  };
}
