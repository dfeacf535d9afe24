import type { VideoSource } from '../peer.ts';

export interface CanvasSourceOptions {
  width: number;
  height: number;
  frameRate?: number;
  source: VideoSource;
}

/** Paintings a second, unless told otherwise. */
export const CANVAS_FPS = 20;

/** Blocks of noise this many pixels wide: small enough to cost bits, large enough to survive the encoder. */
const BLOCK = 8;
/** The alpha byte of a little-endian RGBA pixel. */
const OPAQUE = 0xff000000;

/** A video track painted by this page: moving noise, a still picture, or black. */
export function openCanvasTrack({ width, height, frameRate = CANVAS_FPS, source }: CanvasSourceOptions): {
  track: MediaStreamTrack;
  stop: () => void;
} {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false });
  // Every painting is captured: with a rate given, Firefox drops those that come a moment too early.
  const track = canvas.captureStream().getVideoTracks()[0];
  if (!context || !track) throw new Error('this browser cannot capture a canvas');
  const paint = PAINTERS[source === 'black' || source === 'still' ? source : 'noise'];
  let frame = 0;
  paint(context, frame);
  // A canvas is only captured when it was painted, so the pictures that do not change are painted again as well.
  const timer = setInterval(() => paint(context, ++frame), 1000 / frameRate);
  return { track, stop: () => clearInterval(timer) };
}

type Painter = (context: CanvasRenderingContext2D, frame: number) => void;

const PAINTERS: Record<'noise' | 'black' | 'still', Painter> = {
  noise(context, frame) {
    const { width, height } = context.canvas;
    const blocks = new ImageData(Math.ceil(width / BLOCK), Math.ceil(height / BLOCK));
    const pixels = new Uint32Array(blocks.data.buffer);
    for (let i = 0; i < pixels.length; i++)
      pixels[i] = Math.imul(i + pixels.length * frame + 1, 2654435761) | OPAQUE;
    const small = new OffscreenCanvas(blocks.width, blocks.height);
    small.getContext('2d')!.putImageData(blocks, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, blocks.width * BLOCK, blocks.height * BLOCK);
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
