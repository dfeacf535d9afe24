import type { BrowserKind } from '../plan/plan.ts';
import type { ConsoleEntry, PeerEvidence, PeerMarks } from '../call-record.ts';
import type { RawStat } from '../stats/sample.ts';

/** Where a peer's outgoing video comes from. */
export type VideoSource =
  /** The browser's own fake camera. */
  | 'fake-device'
  /** A canvas of moving noise: wants more bits than the fake camera. */
  | 'noise'
  /** A canvas that stays black: frames flow, nothing is seen. For negative controls. */
  | 'black'
  /** A canvas painted once: frames flow, nothing changes. For negative controls. */
  | 'still';

export interface MediaOptions {
  /** Send audio from the fake microphone. Default true. */
  audio?: boolean;
  /** Send video. Default true. */
  video?: boolean | { width?: number; height?: number; frameRate?: number; source?: VideoSource };
}

/** What a peer saw and heard of the remote side between two moments. */
export interface MediaObservation {
  /** Pictures looked at, a few a second; of several videos, those of the one that moves least. */
  frames: number;
  /** How many of them differed from the one before. */
  changes: number;
  /** The later half of the (newest) looks, and how many of them found another picture than the one before. */
  lateLooks: number;
  lateChanges: number;
  /** Brightest luma seen in any of them, 0 to 255; of several videos, of the darkest. */
  maxLuma: number;
  /** Largest spread (standard deviation) of luma within one frame. */
  maxDeviation: number;
  /** `inbound-rtp` of kind audio: packets and energy gained in the window; `undefined` if not reported. */
  audioPackets: number | undefined;
  audioEnergy: number | undefined;
  /** `inbound-rtp` of kind video: `framesDecoded` gained in the window. */
  framesDecoded: number | undefined;
}

/** What is left of a call after hang-up, as the peer's page sees it. */
export interface HangUpObservation {
  /** Every connection's `connectionState` (`closed` when all is well). */
  connectionStates: string[];
  /** Whether the other side's bye arrived, or this side sent one. */
  sawHangUp: boolean;
  /** Remote tracks that have not ended or been muted. */
  liveRemoteTracks: number;
  /** Local capture tracks still `live`: devices not released. */
  liveLocalTracks: number;
}

/** One endpoint of a call: whatever speaks the agent protocol, be it a page, a phone or a native bot. */
export interface Peer {
  readonly role: string;
  /** The browser's name in the plan, or `manual`. */
  readonly browser: string;
  readonly kind: BrowserKind | undefined;
  readonly browserVersion: string | undefined;

  /** Joins the call's room on the signaling server. */
  join(): Promise<void>;
  /** Opens the media this peer will send. Without it the peer only receives. */
  openMedia(options?: MediaOptions): Promise<void>;
  /** Offers a connection to the other peer and resolves when both are connected. */
  call(other: Peer): Promise<void>;
  /** Resolves when all the media that was negotiated has arrived: RTP of each kind, and a video frame presented. */
  receiveMedia(): Promise<void>;
  /** Looks at and listens to what arrives from now on, until {@link finishObserving}. */
  startObserving(): Promise<void>;
  finishObserving(): Promise<MediaObservation>;
  /** Closes the connections, releases the devices and tells the other side. Resolves when both sides have seen it. */
  hangUp(): Promise<void>;
  observeHangUp(): Promise<HangUpObservation>;

  /** Takes a stats sample now, beside those of the interval. */
  sample(): Promise<void>;
  /** `getStats()` now, as the browser gives it, by the remote peer's role. */
  stats(): Promise<Record<string, RawStat[]>>;
  marks(): Promise<PeerMarks>;
  evidence(): Promise<PeerEvidence>;
  console(): readonly ConsoleEntry[];
  /** Runs a self-contained function in the page; its argument and result travel as JSON. */
  evaluate<Arg, Result>(body: (arg: Arg) => Result | Promise<Result>, arg: Arg): Promise<Result>;
}
