import type { PageRig } from '../peer/connection-settings.ts';

// Runs in a peer's page, as `prepare` of `configure()`: it sees nothing but its arguments.

/** The codec that is wanted. */
export interface PreferredCodec {
  kind: 'audio' | 'video';
  /** Without the kind: `VP9`. */
  codec: string;
  /** Whether all others of its kind are left out. Default: they come after it. */
  alone?: boolean;
}

/** Puts a codec before the others of its kind, or leaves these out. The browser must have it. */
export function preferCodec(pc: RTCPeerConnection, _rig: PageRig, wanted: PreferredCodec): void {
  const { kind, codec, alone = false } = wanted;
  const { codecs } = RTCRtpReceiver.getCapabilities(kind)!;
  const isWanted = ({ mimeType }: RTCRtpCodec) => mimeType.toLowerCase() === `${kind}/${codec}`.toLowerCase();
  const isKept = ({ mimeType }: RTCRtpCodec) => !alone || mimeType.endsWith('/rtx');
  const others = codecs.filter((each) => !isWanted(each) && isKept(each));
  for (const transceiver of pc.getTransceivers())
    if (transceiver.receiver.track.kind === kind)
      transceiver.setCodecPreferences([...codecs.filter(isWanted), ...others]);
}
