import { CANVAS_FPS } from '../canvas-source.ts';
import { now } from '../clock.ts';
import { COLUMNS, encodePattern, ROW_FOR_PEOPLE, ROWS } from './pattern.ts';
import { streamId } from './stream-id.ts';
import { stepOf, toneOf, TONES_HZ } from './tone.ts';

interface Picture {
  width: number;
  height: number;
  /** Paintings a second, and numbers: also without a picture. */
  frameRate?: number;
}

export interface TestPatternOptions {
  /** Absent: sound alone. */
  picture?: Picture;
  /** Of {@link openTone}. Default: no sound. */
  tone?: Tone | undefined;
  /** Whose picture it says it is. */
  signedAs: string;
}

/** A sound that plays one of the tones at a time. */
export interface Tone {
  track: MediaStreamTrack;
  play: (tone: number) => void;
  stop: () => void;
}

/** Not full, as it is the only thing that sounds. */
const LOUDNESS = 0.25;
/** How long WebAudio may take to run, ms: in Chromium it does at once, in Firefox without a sound device never. */
const START_MS = 3000;
/** Little-endian RGBA. Not the ends of the range, as encoders clip them. */
const WHITE = 0xffebebeb;
const BLACK = 0xff101010;

/**
 * A picture that says which one it is, when it was painted and whose it is, and a tone that changes with its number.
 *
 * Painted and sounded by the page, so that it is the same in every browser.
 */
export function openTestPattern({ picture: wanted, tone, signedAs }: TestPatternOptions): {
  tracks: MediaStreamTrack[];
  stop: () => void;
} {
  const picture = wanted && openPicture(wanted, signedAs, tone !== undefined);
  let number = 0;
  const paint = () => {
    tone?.play(toneOf(stepOf(number)));
    picture?.paint(number);
    number++;
  };
  paint();
  const timer = setInterval(paint, 1000 / (wanted?.frameRate ?? CANVAS_FPS));
  return {
    tracks: [tone?.track, picture?.track].filter((track) => track !== undefined),
    stop: () => {
      clearInterval(timer);
      tone?.stop();
    },
  };
}

/** `undefined` where WebAudio does not run: Firefox on a machine without a sound device. */
export async function openTone(): Promise<Tone | undefined> {
  const context = new AudioContext();
  const late = new Promise((resolve) => setTimeout(resolve, START_MS));
  await Promise.race([context.resume(), late]);
  if (context.state === 'running') return toneOn(context);
  void context.close();
  return undefined;
}

function openPicture({ width, height }: Picture, signedAs: string, sounds: boolean) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d', { alpha: false });
  const track = canvas.captureStream().getVideoTracks()[0];
  const small = new OffscreenCanvas(COLUMNS, ROWS);
  const smallContext = small.getContext('2d');
  if (!context || !smallContext || !track) throw new Error('this browser cannot capture a canvas');
  context.imageSmoothingEnabled = false;
  const image = new ImageData(COLUMNS, ROWS);
  const pixels = new Uint32Array(image.data.buffer);
  const stream = streamId(signedAs);
  const cellHeight = height / ROWS;
  context.font = `${Math.floor(cellHeight * 0.8)}px monospace`;
  context.textBaseline = 'middle';
  return {
    track,
    paint: (number: number) => {
      const cells = encodePattern({ number, sounds, sentMs: now(), stream });
      for (const [i, isWhite] of cells.entries()) pixels[i] = isWhite ? WHITE : BLACK;
      smallContext.putImageData(image, 0, 0);
      context.drawImage(small, 0, 0, width, height);
      context.fillStyle = '#ebebeb';
      context.fillText(`${signedAs} ${number}`, cellHeight / 4, (ROW_FOR_PEOPLE + 0.5) * cellHeight, width);
    },
  };
}

function toneOn(context: AudioContext): Tone {
  const oscillator = context.createOscillator();
  const volume = context.createGain();
  volume.gain.value = LOUDNESS;
  const destination = context.createMediaStreamDestination();
  oscillator.connect(volume).connect(destination);
  oscillator.start();
  const track = destination.stream.getAudioTracks()[0]!;
  let playing: number | undefined;
  return {
    track,
    play: (tone: number) => {
      if (tone === playing) return;
      playing = tone;
      oscillator.frequency.setValueAtTime(TONES_HZ[tone]!, context.currentTime);
    },
    stop: () => void context.close(),
  };
}
