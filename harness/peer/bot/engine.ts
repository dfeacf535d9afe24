import type { RawStat } from '../../stats/sample.ts';
import type { BotEngineName } from '../../plan/bots.ts';
import type { Blindness } from '../peer.ts';
import type { MediaKind } from './rtp/rtp-session.ts';

/** Names of states as `RTCPeerConnection` has them, and of its DTLS transport. */
export type StateName =
  | 'signalingState'
  | 'iceGatheringState'
  | 'iceConnectionState'
  | 'connectionState'
  | 'dtlsState';

export interface EngineEvents {
  onState: (what: StateName, value: string) => void;
  /** Of this side's; `null` when there are no more. */
  onCandidate: (candidate: RTCIceCandidateInit | null) => void;
  /** Of each kind once: the first packet that came; of video also the first whole frame. */
  onFirst: (kind: MediaKind, what: 'packet' | 'frame') => void;
}

export interface ConnectOptions {
  rtc: RTCConfiguration;
  /** What it sends; without a kind it only receives it. */
  sends: { audio: boolean; video: boolean };
  events: EngineEvents;
}

/** A connection of an engine's own kind, with as much of `RTCPeerConnection` as a call needs. */
export interface EngineConnection {
  /** As they are in effect; `undefined` before there is one. */
  readonly localDescription: string | undefined;
  readonly remoteDescription: string | undefined;
  /** Makes an offer of {@link offeredKinds}, and takes it as its own. Candidates follow. */
  offer(): Promise<string>;
  /** Takes the other side's offer, and makes its answer its own. */
  answer(offer: string): Promise<string>;
  accept(answer: string): Promise<void>;
  addCandidate(candidate: RTCIceCandidateInit): Promise<void>;
  /** In webrtc-stats' words, with the fields that are really known. */
  report(): Promise<RawStat[]>;
  /** Whether media still leaves. */
  readonly isSending: boolean;
  /** Idempotent; nothing is told any more. */
  close(): Promise<void>;
}

/** What makes a bot's connections: a WebRTC implementation without a browser around it. */
export interface BotEngine {
  readonly name: BotEngineName;
  /** Of the implementation: `libdatachannel 0.23.2`. */
  readonly version: string;
  /** Where what it sends comes from: encoded long ago, or made up and encoded now. */
  readonly source: 'pre-encoded' | 'made-up';
  /** Size and rate of the picture it sends. */
  readonly picture: { width: number; height: number; frameRate: number };
  /** What its connections cannot tell. */
  readonly blindTo: readonly Blindness[];
  /** Why it cannot connect in that way; `undefined` if it can. */
  refuses?(rtc: RTCConfiguration): string | undefined;
  connect(options: ConnectOptions): EngineConnection;
  /** Before the process ends. */
  close(): Promise<void>;
}

/** Of which kinds an offer has a section: what is sent, or to receive both if nothing is. */
export function offeredKinds(sends: ConnectOptions['sends']): MediaKind[] {
  const kinds = (['audio', 'video'] as const).filter((kind) => sends[kind]);
  return kinds.length > 0 ? kinds : ['audio', 'video'];
}
