import type { VideoSource } from '../peer.ts';

export interface CanvasSourceOptions {
  width: number;
  height: number;
  frameRate?: number;
  source: VideoSource;
}

/** Blocks of noise this many pixels wide: small enough to cost bits, large enough to survive the encoder. */
const BLOCK = 8;

/** A video track painted by this page: moving noise, a still picture, or black. */
export function openCanvasTrack({ width, height, frameRate = 20, source }: CanvasSourceOptions): {
  track: MediaStreamTrack;
  stop: () => void;
} {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false });
  const track = canvas.captureStream(frameRate).getVideoTracks()[0];
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
    for (let y = 0; y < height; y += BLOCK) {
      for (let x = 0; x < width; x += BLOCK) {
        const grey =
          (Math.imul(x + 7 * frame + 1, 2654435761) ^ Math.imul(y + 13 * frame + 1, 1597334677)) >>> 24;
        context.fillStyle = `rgb(${grey} ${(grey + x) & 255} ${(grey + y) & 255})`;
        context.fillRect(x, y, BLOCK, BLOCK);
      }
    }
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
