import type { VideoSource } from '../peer.ts';

/** What needs nothing but a canvas. */
export type PaintedSource = Exclude<VideoSource, 'fake-device' | 'test-pattern'>;

export interface CanvasSourceOptions {
  width: number;
  height: number;
  frameRate?: number;
  source: PaintedSource;
}

/** Paintings a second, unless told otherwise. */
export const CANVAS_FPS = 20;

/**
 * A picture of noise is this many blocks wide. Measured at 1280×720, 30 a second: with 27 both browsers keep the frame
 * rate and send 3.4 (Chromium) and 2.5 Mbit/s (Firefox, at 960×540); with 160 they scale down to 480×270 and below, and
 * Firefox to 1.9 Mbit/s at 14 a second.
 */
const BLOCKS = 27;
/** More than an encoder keeps for reference (VP8: 3), so that no picture can be had from an earlier one. */
const PICTURES = 8;
/** The alpha byte of a little-endian RGBA pixel. */
const OPAQUE = 0xff000000;

/** A video track painted by this page: moving noise, a still picture, or black. */
export function openCanvasTrack({ width, height, frameRate = CANVAS_FPS, source }: CanvasSourceOptions): {
  tracks: [MediaStreamTrack];
  stop: () => void;
} {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false });
  // Every painting is captured: with a rate given, Firefox drops those that come a moment too early.
  const track = canvas.captureStream().getVideoTracks()[0];
  if (!context || !track) throw new Error('this browser cannot capture a canvas');
  const paint = PAINTERS[source];
  let frame = 0;
  paint(context, frame);
  // A canvas is only captured when it was painted, so the pictures that do not change are painted again as well.
  const timer = setInterval(() => paint(context, ++frame), 1000 / frameRate);
  return { tracks: [track], stop: () => clearInterval(timer) };
}

const noise = new WeakMap<HTMLCanvasElement, OffscreenCanvas[]>();

/** Painted beforehand: drawing one takes 0.2 ms in Chromium and 1.3 ms in Firefox. */
function noisePictures(canvas: HTMLCanvasElement): OffscreenCanvas[] {
  const known = noise.get(canvas);
  if (known) return known;
  const pictures = Array.from({ length: PICTURES }, (_, seed) => noisePicture(canvas, seed));
  noise.set(canvas, pictures);
  return pictures;
}

function noisePicture({ width, height }: HTMLCanvasElement, seed: number): OffscreenCanvas {
  const block = width / BLOCKS;
  const blocks = new ImageData(BLOCKS, Math.ceil(height / block));
  const pixels = new Uint32Array(blocks.data.buffer);
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = Math.imul(i + pixels.length * seed + 1, 2654435761) | OPAQUE;
  const small = new OffscreenCanvas(blocks.width, blocks.height);
  small.getContext('2d')!.putImageData(blocks, 0, 0);
  const picture = new OffscreenCanvas(width, height);
  const context = picture.getContext('2d')!;
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, width, blocks.height * block);
  return picture;
}

type Painter = (context: CanvasRenderingContext2D, frame: number) => void;

const PAINTERS: Record<PaintedSource, Painter> = {
  noise(context, frame) {
    const pictures = noisePictures(context.canvas);
    context.drawImage(pictures[frame % pictures.length]!, 0, 0);
  },
  black(context) {
    context.fillStyle = '#000';
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  },
  still(context) {
    const { width, height } = context.canvas;
    context.fillStyle = '#283c78';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#f0c850';
    context.fillRect(width / 4, height / 4, width / 2, height / 2);
  },
};
