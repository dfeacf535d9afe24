import type { PageRig } from '../peer/connection-settings.ts';

// Run in a peer's page, as `prepare` of `configure()` and by `evaluate()`: they see nothing but their arguments.

export interface CipherOptions {
  /** What the key is made of; both sides need the same. */
  secret: string;
}

/** What became of a peer's frames, audio and video. */
export interface CipherCounts {
  /** Frames that left encrypted. */
  encrypted: number;
  /** Frames that came and could be read, and those that could not, which were dropped. */
  decrypted: number;
  refused: number;
}

/**
 * Encrypts every frame that a connection sends, and decrypts what comes, with a key of the script's (AES-GCM): end to
 * end, above DTLS. The first bytes stay as they are, as browsers and media servers read them: for VP8 and Opus.
 *
 * @see https://www.w3.org/TR/webrtc-encoded-transform/
 */
export function encryptFrames(pc: RTCPeerConnection, rig: PageRig, { secret }: CipherOptions): void {
  const work = () => {
    type Frame = RTCEncodedVideoFrame | RTCEncodedAudioFrame;
    interface Transformer extends TransformStream<Frame, Frame> {
      options: { secret: string; isSender: boolean };
    }
    const IV_BYTES = 12;
    const CLEAR_BYTES = { key: 10, delta: 3, empty: 1, audio: 1 };
    const counts = { encrypted: 0, decrypted: 0, refused: 0 };
    const keyOf = async (text: string) => {
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
      return crypto.subtle.importKey('raw', digest, 'AES-GCM', false, ['encrypt', 'decrypt']);
    };
    const clearOf = (frame: Frame) => CLEAR_BYTES['type' in frame ? (frame.type ?? 'audio') : 'audio'];
    const join = (...parts: Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part])).buffer;
    const encrypt = async (frame: Frame, key: CryptoKey) => {
      const data = new Uint8Array(frame.data);
      const clear = data.slice(0, clearOf(frame));
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const how = { name: 'AES-GCM', iv, additionalData: clear };
      const hidden = await crypto.subtle.encrypt(how, key, data.slice(clear.length));
      frame.data = join(clear, new Uint8Array(hidden), iv);
      counts.encrypted++;
    };
    const decrypt = async (frame: Frame, key: CryptoKey) => {
      const data = new Uint8Array(frame.data);
      const clear = data.slice(0, clearOf(frame));
      const how = { name: 'AES-GCM', iv: data.slice(-IV_BYTES), additionalData: clear };
      const seen = await crypto.subtle.decrypt(how, key, data.slice(clear.length, -IV_BYTES));
      frame.data = join(clear, new Uint8Array(seen));
      counts.decrypted++;
    };
    addEventListener('rtctransform', (event) => {
      const { transformer } = event as Event & {
        transformer: Transformer & { options: Transformer['options'] };
      };
      const { options, readable, writable } = transformer;
      const key = keyOf(options.secret);
      const change = options.isSender ? encrypt : decrypt;
      const cipher = new TransformStream<Frame, Frame>({
        async transform(frame, controller) {
          try {
            await change(frame, await key);
            controller.enqueue(frame);
          } catch {
            counts.refused++;
          }
          postMessage(counts);
        },
      });
      void readable.pipeThrough(cipher).pipeTo(writable);
    });
  };
  const source = `const __name = (named) => named; (${work.toString()})()`;
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
  worker.addEventListener('message', ({ data }) => {
    rig.kept['cipher'] = data;
  });
  for (const sender of pc.getSenders())
    sender.transform = new RTCRtpScriptTransform(worker, { secret, isSender: true });
  pc.addEventListener('track', ({ receiver }) => {
    receiver.transform ??= new RTCRtpScriptTransform(worker, { secret, isSender: false });
  });
}

/** What became of the frames since {@link encryptFrames}. */
export function countFrames(_: unknown, rig: PageRig): CipherCounts {
  return {
    encrypted: 0,
    decrypted: 0,
    refused: 0,
    ...(rig.kept['cipher'] as Partial<CipherCounts> | undefined),
  };
}
