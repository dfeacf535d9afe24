import type { FeatureName } from './feature.ts';

/** Features that are asked when a browser is recorded, in the order of the page. */
export const RECORDED_FEATURES: readonly FeatureName[] = [
  ...(['VP8', 'VP9', 'H264', 'AV1', 'H265'] as const).map((codec) => `codec:video/${codec}` as const),
  ...(['opus', 'red', 'PCMU', 'G722'] as const).map((codec) => `codec:audio/${codec}` as const),
  'simulcast',
  'svc:L1T3',
  'svc:VP8/L1T2',
  'svc:VP9/L3T3',
  'svc:AV1/L1T3',
  'dtmf',
  'encoded-transform',
  'api:RTCRtpScriptTransform',
  'api:RTCRtpSender.createEncodedStreams',
  'api:RTCRtpTransceiver.setCodecPreferences',
  'api:RTCPeerConnection.restartIce',
  'api:RTCIceTransport',
  'api:RTCIceTransport.getSelectedCandidatePair',
  'api:RTCRtpReceiver.jitterBufferTarget',
  'api:MediaDevices.getDisplayMedia',
  'api:MediaStreamTrackProcessor',
  'api:HTMLVideoElement.requestVideoFrameCallback',
  'recorder:video/webm;codecs=vp8,opus',
  'recorder:video/webm;codecs=av1,opus',
  'recorder:video/mp4',
  'constraint:echoCancellation',
  'constraint:resizeMode',
];

/** What one version of a browser said and did when it was asked, on one machine. */
export interface RecordedBrowser {
  kind: string;
  version: string;
  recordedAt: string;
  features: Record<string, boolean>;
  /** MIME types that it sends, by kind; without repetitions. */
  sends: Record<string, string[]>;
  receives: Record<string, string[]>;
  /** What its fake camera gives when 640×360 at 30 frames a second is wanted. */
  camera: { width?: number; height?: number; frameRate?: number };
  /** Field names by type of the statistics of a call with itself. */
  stats: Record<string, string[]>;
}
