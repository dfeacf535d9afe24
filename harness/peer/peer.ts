import type { BrowserKind } from '../plan/plan.ts';
import type { ConsoleEntry, PeerEvidence, PeerMarks } from '../call-record.ts';
import type { RawStat } from '../stats/sample.ts';
import type { Phase } from '../call-record.ts';
import type { DataRate } from '../units.ts';
import type { ContentReading } from './content-reading.ts';
import type { Automation } from './host.ts';
import type { ConnectionSettings, PageRig } from './connection-settings.ts';
import type { ChannelOptions, DataChannel } from './data-channel.ts';
import type { RecordingRecord } from '../call-record.ts';

/** Where a peer's outgoing video comes from. */
export type VideoSource =
  /** The browser's own fake camera. */
  | 'fake-device'
  /** A canvas of moving noise: wants more bits than the fake camera. */
  | 'noise'
  /** A canvas that stays black: frames flow, nothing is seen. For negative controls. */
  | 'black'
  /** A canvas painted once: frames flow, nothing changes. For negative controls. */
  | 'still'
  /** A canvas that says in each frame which one it is, when it was painted and whose it is; for {@link Peer.startReading}. */
  | 'test-pattern';

export interface MediaOptions {
  /** Send audio: beside a test pattern the tone that belongs to it, else the fake microphone's. Default true. */
  audio?: boolean;
  /** Send video. Default true. */
  video?: boolean | VideoOptions;
}

export interface VideoOptions {
  width?: number;
  height?: number;
  frameRate?: number;
  /** Default: what the run says (`--source`), else `fake-device`. */
  source?: VideoSource;
  /** Whose picture a test pattern says it is. Default: the peer's role. */
  signedAs?: string;
  /**
   * The most it may send (`RTCRtpEncodingParameters.maxBitrate`). Default: what the browser takes for its size; for
   * `noise` 4 Mbit/s, as Chromium would send no more than 0.6 once it has scaled noise down. Firefox 153 stays below
   * 2.6 Mbit/s whatever it may.
   */
  maxBitrate?: DataRate;
}

/**
 * What `waitFor()` can wait for, told from `connectionState` and `iceConnectionState`: `connected` in both,
 * `disconnected` or worse in either, `failed` in either.
 */
export type AwaitedState = 'connected' | 'disconnected' | 'failed';

/** A stretch in which no new frame of a remote video was presented. Epoch ms, harness's clock. */
export interface FrameGap {
  startMs: number;
  endMs: number;
  lengthMs: number;
  /** No frame has ended it yet: it lasts at least until `endMs`, which is when it was asked for. */
  open: boolean;
}

export interface FrameGaps {
  /** Of any remote video, oldest first. */
  gaps: FrameGap[];
  /** When the newest frame was presented; `undefined` if there was none. */
  lastFrameMs: number | undefined;
  /** How many remote videos there are; with none there are no gaps either, and nothing is known. */
  videos: number;
  /** How far off the starts and ends may be, as the peer's clock is not ours; lengths are exact. */
  uncertaintyMs: number;
}

/** What a peer sent between two of its stats samples: RTP with headers, all streams. Epoch ms, harness's clock. */
export interface SentRate {
  startMs: number;
  endMs: number;
  bps: number;
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
  /** The same of `framesReceived`, whole frames, of a peer that decodes none. */
  framesReceived?: number | undefined;
  /** The same of each peer at the other end, by role, where there are several. */
  byRemote?: Record<string, MediaObservation>;
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

/** What a peer without a browser may be unable to observe: decoded pictures, decoded sound, which ciphers are in use. */
export type Blindness = 'pictures' | 'sound' | 'ciphers';

export type Falsy = false | 0 | '' | null | undefined;

export interface UntilOptions {
  /** As in `waiting for …`. */
  awaited: string;
  /** Where it counts if it does not come. Default `script`. */
  phase?: Phase;
  timeoutMs?: number;
}

/** A recording that goes on. */
export interface Recording {
  readonly mimeType: string;
  /** Stops it, plays it back in the peer's page, and asks ffprobe where there is one. */
  stop(): Promise<RecordingRecord>;
}

/** One endpoint of a call: whatever speaks the agent protocol, be it a page, a phone or a native bot. */
export interface Peer {
  readonly role: string;
  /** The browser's name in the plan, or `manual`. */
  readonly browser: string;
  readonly kind: BrowserKind | undefined;
  readonly browserVersion: string | undefined;
  /** What it cannot observe, and is not to be asked for. Absent: nothing. */
  readonly blindTo?: readonly Blindness[];
  /** What the run's media profile keeps the others from sending it, and is not to be expected. Absent: nothing. */
  readonly spared?: readonly ('audio' | 'video')[];
  /** The page as puppeteer or playwright has it; `undefined` when nobody drives it: a person's. */
  readonly automation: Automation | undefined;
  /** As its page told last: `open` when it can send; `undefined` before it {@link join joins}. */
  readonly signaling: string | undefined;

  /** Joins the call's room on the signaling server. */
  join(): Promise<void>;
  /** Hangs up, and gives up its place in the room; it may {@link join} again. */
  leave(): Promise<void>;
  /** Resolves when the signaling server has told this peer that the other one is in the room, or is not. */
  waitForPeer(other: Peer, where: 'there' | 'gone'): Promise<void>;
  /** Resolves when the signaling is there, also again after it was lost. */
  waitForSignaling(options?: { timeoutMs?: number }): Promise<void>;
  /** Opens the media this peer will send. Without it the peer only receives. */
  openMedia(options?: MediaOptions): Promise<void>;
  /** How it makes its connections from now on; what is left out is as it was before any call of this. */
  configure<Arg = unknown>(settings: ConnectionSettings<Arg>): Promise<void>;
  /**
   * Offers a connection to the other peer, in place of one they had, and resolves when both are connected; `timeoutMs`
   * for a call that is to fail. Default: what the run gives a call.
   */
  call(other: Peer, options?: { timeoutMs?: number }): Promise<void>;
  /** Offers anew over the connection with the other peer; resolves when its answer is in effect. */
  negotiate(other: Peer): Promise<void>;
  /**
   * Opens a data channel to a peer it is connected with, and resolves when it is open at both ends. Their first one
   * makes a new offer. A connection for data only: `configure({ receives: [], prepare: (pc) => pc.createDataChannel(…) })`
   * before {@link call}.
   *
   * @see https://www.w3.org/TR/webrtc/#rtcdatachannel
   */
  openChannel(other: Peer, label: string, options?: ChannelOptions): Promise<DataChannel>;
  /**
   * Records with `MediaRecorder` what arrives, into the run's folder, until it is stopped. One recording at a time.
   *
   * @see https://www.w3.org/TR/mediastream-recording/
   */
  startRecording(options?: { of?: Peer; mimeType?: string }): Promise<Recording>;
  /** Resolves when all the media that was negotiated has arrived: RTP of each kind, and a video frame presented. */
  receiveMedia(): Promise<void>;
  /** Looks at and listens to what arrives from now on, until {@link finishObserving}. */
  startObserving(): Promise<void>;
  finishObserving(): Promise<MediaObservation>;
  /** Reads from now on what test patterns say that arrive, for {@link readings}. A reader costs some ms of CPU per frame. */
  startReading(): Promise<void>;
  /** What the test pattern of each remote video said since, in the order they came. */
  readings(): Promise<ContentReading[]>;
  /**
   * Renews the path to the other peer: this side offers a new ICE generation. Resolves when both sides are connected
   * over a pair of it, with how long that took from the offer on, ms.
   *
   * @see https://www.rfc-editor.org/rfc/rfc8445#section-9
   */
  restartIce(other: Peer): Promise<number>;
  /** Resolves when the peer's connection is in that state, with since when: epoch ms, harness's clock. Default: its first. */
  waitFor(state: AwaitedState, options?: { with?: Peer; timeoutMs?: number }): Promise<number>;
  /** Notes from now on when each frame of a remote video is presented, for {@link frameGaps}. */
  startFrameClock(): Promise<void>;
  /**
   * Stretches without a new frame that are longer than this and had not ended before `sinceMs` (harness's clock); of one
   * peer's video, or of any.
   */
  frameGaps(options: { sinceMs?: number; longerThanMs: number; with?: Peer }): Promise<FrameGaps>;
  /** Notes from now on what the peer sends, for {@link sentRates}. To be called before its connection exists. */
  startRateClock(): void;
  /** What it sent since, one for each interval of its stats, oldest first. */
  sentRates(): SentRate[];
  /** Resolves when every remote video has presented a frame at that time or later, with when: harness's clock. */
  nextFrameAfter(ms: number, options?: { timeoutMs?: number }): Promise<number>;
  /**
   * Closes the connection with the other peer (default: all), releases the devices with the last one, and tells the
   * other side. Resolves when both sides have seen it; if the signaling is gone when it closes, as soon as this side is
   * closed.
   */
  hangUp(other?: Peer): Promise<void>;
  observeHangUp(): Promise<HangUpObservation>;

  /**
   * Its page is taken away without a word to anybody: no bye, no leave, as if its machine had lost power. Resolves with
   * when: harness's clock.
   */
  vanish(): Promise<number>;
  /** Another page takes its place: it has to {@link join} and open its media again. */
  comeBack(): Promise<void>;
  /** The page is loaded again, as by a user in the middle of a call: it has to {@link join} and open its media again. */
  reload(): Promise<void>;
  /** Between {@link vanish} and {@link comeBack}. */
  readonly isAway: boolean;

  /** Takes a stats sample now, beside those of the interval. */
  sample(): Promise<void>;
  /** `getStats()` now, as the browser gives it, by the remote peer's role. */
  stats(): Promise<Record<string, RawStat[]>>;
  /** Of the connection with the other peer; default: its first. */
  marks(other?: Peer): Promise<PeerMarks>;
  evidence(other?: Peer): Promise<PeerEvidence>;
  console(): readonly ConsoleEntry[];
  /** Runs a self-contained function in the page; its argument and result travel as JSON. */
  evaluate<Arg, Result>(
    body: (arg: Arg, rig: PageRig) => Result | Promise<Result>,
    arg: Arg,
  ): Promise<Result>;
  /** Runs it again and again until it gives something, and resolves with that. */
  until<Arg, Result>(
    body: (arg: Arg, rig: PageRig) => Result | Promise<Result>,
    arg: Arg,
    options: UntilOptions,
  ): Promise<Exclude<Result, Falsy>>;
}
