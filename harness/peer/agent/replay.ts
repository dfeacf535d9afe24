import { RECORDED_FRAMES } from '../../media/recorded-frames.ts';

interface ReplayOptions {
  /** Frames are made as large as recorded ones on their way out, and small again on their way in. */
  direction: 'sent' | 'received';
}

/** Sizes of the frames that take turns, bytes. */
type FrameSizes = Record<'key' | 'delta', readonly number[]>;

let worker: Worker | undefined;

/**
 * Has recorded frames travel in place of a connection's own pictures: each encoded frame that it sends is padded to the
 * size of a recorded one, and what comes padded is cut down again before it is decoded.
 *
 * Key frames come when the encoder makes one, and the rate follows the recording whatever the path holds. To be set up
 * before the first offer, after the script's own transforms, which win.
 *
 * @see https://www.w3.org/TR/webrtc-encoded-transform/#RTCRtpScriptTransform
 */
export function replayFrames(pc: RTCPeerConnection, { sends }: { sends: boolean }): void {
  const transform = (options: ReplayOptions) => new RTCRtpScriptTransform((worker ??= openWorker()), options);
  for (const sender of pc.getSenders())
    if (sends && sender.track?.kind === 'video') sender.transform ??= transform({ direction: 'sent' });
  pc.addEventListener('track', ({ track, receiver }) => {
    if (track.kind === 'video') receiver.transform ??= transform({ direction: 'received' });
  });
}

/** One for all connections of the page: what it does to a frame is little. */
function openWorker(): Worker {
  const { key, delta } = RECORDED_FRAMES;
  const parts = [workOnFrames, padFrame, cutFrame].map((each) => `(${each.toString()})`);
  const source = `${parts[0]}(${parts[1]}, ${parts[2]}, ${JSON.stringify({ key, delta })})`;
  return new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
}

// What follows runs in the worker: its source travels, and it sees nothing but its arguments.

function workOnFrames(pad: typeof padFrame, cut: typeof cutFrame, sizes: FrameSizes): void {
  interface Transformer extends TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame> {
    options: ReplayOptions;
  }
  const padder = () => {
    const next = { key: 0, delta: 0 };
    return (frame: RTCEncodedVideoFrame) => {
      const type = frame.type === 'key' ? 'key' : 'delta';
      const wanted = sizes[type][next[type]++ % sizes[type].length] ?? 0;
      return pad(new Uint8Array(frame.data), wanted);
    };
  };
  addEventListener('rtctransform', (event) => {
    const { options, readable, writable } = (event as Event & { transformer: Transformer }).transformer;
    const change =
      options.direction === 'sent'
        ? padder()
        : (frame: RTCEncodedVideoFrame) => cut(new Uint8Array(frame.data));
    const changing = new TransformStream<RTCEncodedVideoFrame, RTCEncodedVideoFrame>({
      transform(frame, controller) {
        const changed = change(frame);
        if (changed) frame.data = changed.buffer;
        controller.enqueue(frame);
      },
    });
    void readable.pipeThrough(changing).pipeTo(writable);
  });
}

/**
 * The frame with filling behind it, as large as wanted, or as large as it is if that is more: its own length and a mark are
 * the last 8 bytes. `undefined` for an empty frame, which stays empty.
 */
export function padFrame(frame: Uint8Array, wantedBytes: number): Uint8Array<ArrayBuffer> | undefined {
  if (frame.length === 0) return undefined;
  const trailerBytes = 8;
  const padded = new Uint8Array(Math.max(wantedBytes, frame.length + trailerBytes));
  // Never zeros: to some codecs they begin something.
  padded.fill(0xff);
  padded.set(frame);
  const trailer = new DataView(padded.buffer, padded.length - trailerBytes);
  trailer.setUint32(0, frame.length);
  // 'rply'
  trailer.setUint32(4, 0x72706c79);
  return padded;
}

/** What was padded, as it was, in a buffer of its own. `undefined` for a frame that nobody padded: a bot's. */
export function cutFrame(padded: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const trailerBytes = 8;
  if (padded.length <= trailerBytes) return undefined;
  const at = padded.length - trailerBytes;
  const trailer = new DataView(padded.buffer, padded.byteOffset + at, trailerBytes);
  const frameBytes = trailer.getUint32(0);
  if (trailer.getUint32(4) !== 0x72706c79 || frameBytes > at) return undefined;
  return padded.slice(0, frameBytes);
}
