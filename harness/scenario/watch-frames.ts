import type { PageRig } from '../peer/connection-settings.ts';

// Run in a peer's page, as `prepare` of `configure()` and by `evaluate()`: they see nothing but their arguments.

/** What was seen of encoded frames on their way, each value once, in the order it came. */
export interface SeenFrames {
  /** MIME types. */
  codecs: string[];
  /** Of video, as `SPATIAL,TEMPORAL`: both count from 0. */
  layers: string[];
}

/**
 * Looks at every encoded frame that a connection sends and receives, and lets it go on, for {@link seenFrames}. Set up
 * before the first frame: Chromium 156 shows nothing to what comes later.
 *
 * @see https://www.w3.org/TR/webrtc-encoded-transform/#RTCEncodedVideoFrameMetadata
 */
export function watchFrames(pc: RTCPeerConnection, rig: PageRig): void {
  const work = () => {
    type Frame = RTCEncodedVideoFrame | RTCEncodedAudioFrame;
    interface Transformer extends TransformStream<Frame, Frame> {
      options: { direction: string };
    }
    addEventListener('rtctransform', (event) => {
      const { options, readable, writable } = (event as Event & { transformer: Transformer }).transformer;
      const known = new Set<string>();
      const look = new TransformStream<Frame, Frame>({
        transform(frame, controller) {
          const metadata: Partial<RTCEncodedVideoFrameMetadata> = frame.getMetadata();
          const { mimeType, spatialIndex = 0, temporalIndex = 0 } = metadata;
          const layer = 'type' in frame ? `${spatialIndex},${temporalIndex}` : undefined;
          const key = `${mimeType} ${layer}`;
          if (!known.has(key)) postMessage({ direction: options.direction, mimeType, layer });
          known.add(key);
          controller.enqueue(frame);
        },
      });
      void readable.pipeThrough(look).pipeTo(writable);
    });
  };
  const source = `const __name = (named) => named; (${work.toString()})()`;
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
  const seen: Record<string, SeenFrames> = {
    sent: { codecs: [], layers: [] },
    received: { codecs: [], layers: [] },
  };
  const keep = (values: string[], value: string | undefined) => {
    if (value !== undefined && !values.includes(value)) values.push(value);
  };
  worker.addEventListener('message', ({ data: { direction, mimeType, layer } }) => {
    keep(seen[direction]!.codecs, mimeType);
    keep(seen[direction]!.layers, layer);
  });
  for (const sender of pc.getSenders())
    sender.transform = new RTCRtpScriptTransform(worker, { direction: 'sent' });
  const watch = (receiver: RTCRtpReceiver) => {
    receiver.transform ??= new RTCRtpScriptTransform(worker, { direction: 'received' });
  };
  for (const receiver of pc.getReceivers()) watch(receiver);
  pc.addEventListener('track', ({ receiver }) => watch(receiver));
  rig.kept['frames'] = seen;
}

/** What {@link watchFrames} has seen. */
export function seenFrames(_: unknown, rig: PageRig): Record<'sent' | 'received', SeenFrames> {
  const none: SeenFrames = { codecs: [], layers: [] };
  return (
    (rig.kept['frames'] as Record<'sent' | 'received', SeenFrames> | undefined) ?? {
      sent: none,
      received: none,
    }
  );
}
