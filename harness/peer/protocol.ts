import type { ConnectionRecord, PeerEvidence, PeerMarks, Phase } from '../call-record.ts';
import type { RawStat, StatsDelta } from '../stats/sample.ts';
import type { StatsDetail } from '../stats/selected.ts';
import type { ConnectionSettings } from './connection-settings.ts';
import type { DataCommands } from './data-protocol.ts';
import type { RecordingCommands } from './recording-protocol.ts';
import type { AwaitedState, Blindness, HangUpObservation, MediaObservation, VideoSource } from './peer.ts';

/**
 * The agent protocol: what the harness and a peer's agent say to each other over the control channel, a WebSocket that
 * the agent opens. JSON text messages, one each. Both ends are typed by {@link AgentCommands}.
 */
export const AGENT_PROTOCOL = 1;

/** Each command's argument and result. */
export interface AgentCommands extends DataCommands, RecordingCommands {
  join: { arg: JoinArg; result: null };
  /** Gives up the place in the room. */
  leave: { arg: null; result: null };
  openMedia: { arg: MediaArg; result: OpenedMedia };
  configure: { arg: ConfigureArg; result: null };
  /** Is ready to answer `remote`, and does so when its offer comes. */
  expectCall: { arg: { remote: string; rtc: RTCConfiguration }; result: null };
  /** Offers, over a new connection; resolves when this side is connected. */
  call: { arg: { remote: string; rtc: RTCConfiguration }; result: null };
  /** Offers over the connection there is; resolves when it is answered. */
  negotiate: { arg: { remote: string }; result: null };
  /** Resolves when this side of the connection with `remote` is connected. */
  connected: { arg: { remote: string }; result: null };
  /** Resolves when every connection has received RTP and presented a frame of each kind of media that is negotiated. */
  received: { arg: null; result: null };
  /** Which ICE generation this side's connection with `remote` is in: its `ice-ufrag`. */
  iceGeneration: { arg: { remote: string }; result: string };
  /** Offers a new ICE generation; resolves when the offer is sent, with when that began. */
  restartIce: { arg: { remote: string }; result: { t: number } };
  /** Resolves when this side's connection runs over a pair of a generation that is not `since`. */
  restarted: { arg: { remote: string; since: string }; result: { t: number } };
  /** Resolves when the connection with `remote`, or the first, is in that state, with since when. */
  awaitState: { arg: { state: AwaitedState; remote?: string }; result: { t: number } };
  /** Notes from now on when each frame of what arrives is presented. */
  startFrameClock: { arg: null; result: null };
  /** Gaps between frames of any video (of `remote`'s) that ended after `since`. All times are epoch ms in the peer's clock. */
  frames: { arg: { since?: number; longerThanMs: number; remote?: string }; result: PresentedFrames };
  /** Resolves when every video has presented a frame at `t` or later, with when the last one did. */
  frameAfter: { arg: { t: number }; result: { t: number } };
  /** Watches and listens from now on until `observed`. */
  observe: { arg: { intervalMs: number }; result: null };
  observed: { arg: null; result: MediaObservation };
  /** Reads from now on what test patterns say that arrive, also of peers that come later. */
  startReading: { arg: null; result: null };
  /** Of each remote video since, in the order they came. */
  readings: { arg: null; result: ReadStream[] };
  /** Pushes a stats sample of every connection now; the samples arrive before the result. */
  sample: { arg: null; result: null };
  stats: { arg: null; result: Record<string, RawStat[]> };
  /** With `remote`, or all. `told`: whether the signaling was there to tell the other side. */
  hangUp: { arg: { remote?: string }; result: { told: boolean } };
  /** Resolves when `remote` has hung up. */
  hungUp: { arg: { remote: string }; result: null };
  observeHangUp: { arg: null; result: HangUpObservation };
  /** Of the connection with `remote`, or of the first. */
  marks: { arg: { remote?: string }; result: PeerMarks };
  evidence: { arg: { remote?: string }; result: PeerEvidence };
  /** Of every connection, by remote. */
  connections: { arg: null; result: Record<string, ConnectionRecord> };
  /** Resolves with what the function gives as soon as that is something; gives up after the time. */
  until: { arg: { body: string; arg: unknown; timeoutMs: number }; result: unknown };
  evaluate: { arg: { body: string; arg: unknown }; result: unknown };
  /** Back to the state of a page just opened: for a person's page, which stays open over several calls. */
  reset: { arg: null; result: null };
}

export type CommandName = keyof AgentCommands;

export interface JoinArg {
  signaling: {
    /** One that the page was built with. */
    transport: string;
    /** The run's own signaling server, as WebSocket has it; or the user's. A path is on the page's own server. */
    url: string;
    token: string;
    room: string;
    /** Of the user's own signaling. */
    options?: Record<string, string>;
  };
  /** Secret of this peer's place in the room: its page may take it anew once it was loaded again. */
  owner: string;
  /** This peer's name in the room: its role. */
  name: string;
  statsIntervalMs: number;
  /** Frames that arrive may be recorded ones, with another picture's in front. */
  replays?: true;
  /** Absent: `full`. */
  statsDetail?: StatsDetail;
}

/** Functions as their source. */
export interface ConfigureArg extends Omit<ConnectionSettings, 'prepare' | 'rewrite'> {
  prepare?: string[];
  rewrite?: string;
}

export interface MediaArg {
  audio: boolean;
  /** In place of the microphone's sound. */
  tone?: boolean;
  /** The microphone's sound as it is: no echo cancellation, noise suppression and gain control. */
  voiceProcessing?: false;
  video:
    | false
    | {
        width: number;
        height: number;
        frameRate?: number;
        source: VideoSource;
        maxBitrateBps?: number;
        /** Recorded frames travel around this picture's. */
        replayed?: true;
      };
  /** Whose a test pattern says it is. Default: this peer's. */
  signedAs?: string;
}

/** What the frames of one remote video said. Times are epoch ms in the peer's clock. */
export interface ReadFrames {
  /** Presented, of which so many could not be read, and so many said that they are another peer's. */
  frames: number;
  unreadable: number;
  wrongStream: number;
  /** Presented again, skipped, and presented after a later one. */
  repeated: number;
  dropped: number;
  backwards: number;
  /** Absent until a frame was read. */
  first?: number;
  last?: number;
  /** Since the last new one. */
  stillMs?: number;
  /** As webrtc-stats counts them: longer than three usual intervals, and than one and 150 ms. The one that lasts as well. */
  freezes: number;
  longestFreezeMs: number;
  /** From painting to presenting, between two clocks: the sender's offset is in it. */
  latencies: { t: number; ms: number }[];
}

/** What the sound that belongs to it said. */
export interface ReadSound {
  /** How often the picture said that the tone changes, and how often the tone did. */
  stepsSeen: number;
  stepsHeard: number;
  /** Median time between two such pictures, ms. Absent until there were two. */
  stepMs?: number;
  /**
   * Who could not sound or hear: Firefox runs no WebAudio on a machine without a sound device. The sender sends its
   * microphone then. Absent if both could.
   */
  noSound?: 'sender' | 'receiver';
  /** How much later the tone changed than the picture. */
  syncs: { t: number; ms: number }[];
}

export interface ReadStream extends ReadFrames, ReadSound {
  remote: string;
}

export interface PresentedFrames {
  /** How many videos arrive. */
  videos: number;
  gaps: { startMs: number; endMs: number; open: boolean }[];
  /** The newest frame of any; absent if there was none. */
  lastMs?: number;
}

/** What the capture really gave, from `MediaStreamTrack.getSettings()`. */
export interface OpenedMedia {
  audio: boolean;
  /** Where it comes from, if from nothing that was asked for: `pre-encoded`. */
  source?: string;
  video?: { width?: number; height?: number; frameRate?: number };
}

export interface AgentFault {
  /** `Unsupported`: it is something that such a peer cannot do. */
  name: string;
  message: string;
  /** The phase the agent knows it broke in; `undefined` if it does not: then it is that of the command. */
  phase?: Phase;
}

export type ToAgent =
  | {
      [Name in CommandName]: { type: 'command'; id: number; name: Name; arg: AgentCommands[Name]['arg'] };
    }[CommandName]
  | { type: 'ping'; id: number };

export type FromAgent =
  | {
      type: 'hello';
      protocol: number;
      userAgent: string;
      secureContext: boolean;
      peerConnection: boolean;
      /** What it cannot observe. Absent: nothing. */
      blindTo?: Blindness[];
    }
  | { type: 'result'; id: number; value: unknown }
  | { type: 'fault'; id: number; fault: AgentFault }
  /** Something happened in the page; `t` is epoch ms in the peer's clock. */
  | { type: 'event'; t: number; name: string; data?: unknown }
  /** Of all connections, as they were taken together. */
  | { type: 'stats'; deltas: StatsDelta[] }
  | { type: 'pong'; id: number; t: number };

/**
 * Parses a message of an agent, which may be anything: a page can be navigated, or written by somebody else.
 * `undefined` if it is none, or lacks what every message of its type has. What a command or an event carries is not
 * looked at.
 */
export function parseFromAgent(text: string): FromAgent | undefined {
  try {
    const value = JSON.parse(text) as FromAgent | null;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(FIELDS, value.type)) return undefined;
    const fields = Object.entries(FIELDS[value.type]);
    const known = value as unknown as Record<string, unknown>;
    return fields.every(([name, type]) => isA(type, known[name])) ? value : undefined;
  } catch {
    return undefined;
  }
}

type FieldType = 'number' | 'string' | 'boolean' | 'object' | 'array';

const FIELDS: Record<FromAgent['type'], Record<string, FieldType>> = {
  hello: { protocol: 'number', userAgent: 'string', secureContext: 'boolean', peerConnection: 'boolean' },
  result: { id: 'number' },
  fault: { id: 'number', fault: 'object' },
  event: { t: 'number', name: 'string' },
  stats: { deltas: 'array' },
  pong: { id: 'number', t: 'number' },
};

function isA(type: FieldType, value: unknown): boolean {
  return type === 'array' ? Array.isArray(value) : typeof value === type && value !== null;
}
