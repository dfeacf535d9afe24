// Records what bots send, with Chromium's own encoders (WebCodecs): `node --import tsx harness/peer/bot/media/write-media.ts`.
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import puppeteer from 'puppeteer';
import { findBrowsers } from '../../../setup/find-browsers.mjs';
import { renderIvf } from './ivf.ts';

const WIDTH = 640;
const HEIGHT = 360;
const FRAME_RATE = 20;
const SECONDS = 4;
/** Who has lost a picture waits no longer than this for the next whole one. */
const KEY_FRAME_EVERY = 2 * FRAME_RATE;

const browser = findBrowsers({ wanted: ['chrome'] }).found[0];
if (!browser) throw new Error('no Chromium here to record with');

// WebCodecs wants a secure context: a page on this machine.
const server = createServer((_, response) => response.end('<!doctype html>')).listen(0, '127.0.0.1');
await once(server, 'listening');
const chromium = await puppeteer.launch({
  executablePath: browser.executablePath,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const page = await chromium.newPage();
  // What tsx makes of functions asks for it.
  await page.evaluateOnNewDocument('globalThis.__name = (named) => named');
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const video = { width: WIDTH, height: HEIGHT, rate: FRAME_RATE };
  for (const [fourcc, codec, file] of [
    ['VP80', 'vp8', 'camera-vp8.ivf'],
    ['H264', 'avc1.42e01f', 'camera-h264.ivf'],
  ] as const) {
    const frames = await page.evaluate(encodeVideo, {
      codec,
      width: WIDTH,
      height: HEIGHT,
      frameRate: FRAME_RATE,
      count: SECONDS * FRAME_RATE,
      keyEvery: KEY_FRAME_EVERY,
    });
    await save(file, { fourcc, ...video }, frames);
  }
  const packets = await page.evaluate(encodeAudio, { seconds: SECONDS });
  await save('microphone-opus.ivf', { fourcc: 'OPUS', width: 0, height: 0, rate: 50 }, packets);
} finally {
  await chromium.close();
  server.close();
}

async function save(
  file: string,
  about: { fourcc: string; width: number; height: number; rate: number },
  base64: string[],
): Promise<void> {
  const frames = base64.map((text) => Buffer.from(text, 'base64'));
  const ivf = renderIvf({ ...about, frames });
  await writeFile(new URL(file, import.meta.url), ivf);
  process.stdout.write(`${file}: ${frames.length} frames, ${ivf.length} bytes\n`);
}

/** Runs in the page. Discs that move over noise that changes: about 480 kbit/s. */
async function encodeVideo(options: {
  codec: string;
  width: number;
  height: number;
  frameRate: number;
  count: number;
  keyEvery: number;
}): Promise<string[]> {
  const { codec, width, height, frameRate, count, keyEvery } = options;
  const frames: string[] = [];
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      let text = '';
      for (const byte of bytes) text += String.fromCharCode(byte);
      frames.push(btoa(text));
    },
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({
    codec,
    width,
    height,
    framerate: frameRate,
    bitrate: 480_000,
    bitrateMode: 'constant',
    latencyMode: 'realtime',
    ...(codec.startsWith('avc1') && { avc: { format: 'annexb' } }),
  });
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  for (let index = 0; index < count; index++) {
    const turn = (index / count) * 2 * Math.PI;
    context.fillStyle = `hsl(${(index / count) * 360} 40% 45%)`;
    context.fillRect(0, 0, width, height);
    for (let disc = 0; disc < 12; disc++) {
      context.fillStyle = `hsl(${disc * 30} 80% ${40 + (disc % 3) * 15}%)`;
      context.beginPath();
      const x = width * (0.5 + 0.4 * Math.sin(turn * (1 + (disc % 3)) + disc));
      const y = height * (0.5 + 0.35 * Math.cos(turn * (1 + (disc % 2)) + disc * 2));
      context.arc(x, y, 20 + disc * 4, 0, 2 * Math.PI);
      context.fill();
    }
    for (let dot = 0; dot < 60; dot++) {
      context.fillStyle = dot % 2 ? '#fff' : '#000';
      context.fillRect((dot * 97 + index * 31) % width, (dot * 61 + index * 17) % height, 6, 6);
    }
    const frame = new VideoFrame(canvas, { timestamp: (index * 1e6) / frameRate });
    encoder.encode(frame, { keyFrame: index % keyEvery === 0 });
    frame.close();
    // Rate control is by the clock of the frames, but drops frames that come faster than it encodes.
    while (encoder.encodeQueueSize > 2) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await encoder.flush();
  encoder.close();
  return frames;
}

/** Runs in the page. A tone that moves, 20 ms in a packet. */
async function encodeAudio({ seconds }: { seconds: number }): Promise<string[]> {
  const packets: string[] = [];
  const sampleRate = 48_000;
  const encoder = new AudioEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      let text = '';
      for (const byte of bytes) text += String.fromCharCode(byte);
      packets.push(btoa(text));
    },
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({ codec: 'opus', sampleRate, numberOfChannels: 1, bitrate: 32_000 });
  let phase = 0;
  for (let packet = 0; packet < seconds * 50; packet++) {
    const samples = new Float32Array(960);
    for (let index = 0; index < samples.length; index++) {
      const t = (packet * 960 + index) / sampleRate;
      phase += (2 * Math.PI * (330 + 110 * Math.sin(Math.PI * t))) / sampleRate;
      samples[index] = 0.3 * Math.sin(phase) + 0.1 * Math.sin(3 * phase);
    }
    const data = new AudioData({
      format: 'f32',
      sampleRate,
      numberOfFrames: samples.length,
      numberOfChannels: 1,
      timestamp: packet * 20_000,
      data: samples,
    });
    encoder.encode(data);
    data.close();
  }
  await encoder.flush();
  encoder.close();
  return packets;
}
