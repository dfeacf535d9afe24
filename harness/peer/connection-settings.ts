import type { VideoOptions } from './peer.ts';

/**
 * How a peer makes its connections, from the next one on.
 *
 * Functions run in the page: they see nothing but their arguments, and `arg` travels as JSON.
 */
export interface ConnectionSettings<Arg = unknown> {
  /** @see https://www.rfc-editor.org/rfc/rfc8829#section-4.1.1 */
  bundlePolicy?: RTCBundlePolicy;
  iceCandidatePoolSize?: number;
  /** Key of its DTLS certificate. Default: the browser's choice, ECDSA. */
  certificate?: 'ECDSA' | 'RSA';
  /**
   * Whether this side sends its description at once and its candidates as they come (default), or gathers them all
   * first and sends them in the description. Half trickle is an offerer that does not and an answerer that does.
   *
   * @see https://www.rfc-editor.org/rfc/rfc8838#section-16
   */
  trickle?: boolean;
  /** Of the video it sends as the offerer: several with a `rid` each are simulcast, a `scalabilityMode` is SVC. */
  videoEncodings?: (RTCRtpEncodingParameters & { scalabilityMode?: string })[];
  /** What an offerer that sends nothing asks to receive. Default both; none: data channels only. */
  receives?: readonly ('audio' | 'video')[];
  /**
   * Given, this side offers by itself whenever `negotiationneeded` fires, and when both offers cross, the polite one
   * takes its own back.
   *
   * @see https://www.w3.org/TR/webrtc/#perfect-negotiation-example
   */
  politeness?: 'polite' | 'impolite';
  /**
   * Done to every new connection before its first description: codec preferences, transforms, data channels. Several are
   * done one after another.
   */
  prepare?: Prepare<Arg> | readonly Prepare<Arg>[];
  /** What the other side is told in place of a description of this side's. */
  rewrite?: (description: RTCSessionDescriptionInit, arg: Arg) => RTCSessionDescriptionInit;
  arg?: Arg;
}

/** What one remote video shows. */
export interface Picture {
  /** Its brightest luma, 0 to 255. */
  maxLuma: number;
  /** Standard deviation of its luma. */
  deviation: number;
}

/** Of all streams that a peer receives, since each of them began; `undefined` what none of them reports. */
export interface Received {
  audioPackets?: number;
  /** `totalAudioEnergy`. */
  audioEnergy?: number;
  framesDecoded?: number;
}

type Prepare<Arg> = (pc: RTCPeerConnection, rig: PageRig, arg: Arg) => void | Promise<void>;

/** What a function that runs in a peer's page finds there. */
export interface PageRig {
  /** The connection with that peer, by its role. Throws if there is none. */
  connection(remote: string): RTCPeerConnection;
  /** What the peer has opened to send: added to every new connection. */
  readonly stream: MediaStream;
  /** What arrived, in the order it came. */
  readonly remoteTracks: readonly MediaStreamTrack[];
  /** A picture painted by the page; stopped with the call. */
  openVideo(options: Omit<VideoOptions, 'maxBitrate'>): MediaStreamTrack;
  /** What each remote video shows now, without those that show nothing yet. */
  pictures(): Picture[];
  /** What has been received by now. */
  received(): Promise<Received>;
  /** What functions leave to those that come later. */
  readonly kept: Record<string, unknown>;
}
