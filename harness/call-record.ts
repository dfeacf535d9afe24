import type { Assignment, BrowserKind, DriverName, PlannedVariant } from './plan/plan.ts';
import type { NetworkLevel } from './scenario/scenario.ts';
import type { IcePlan } from './topology/ice.ts';
import type { ContentReading } from './peer/content-reading.ts';
import type { Playback } from './peer/recording-protocol.ts';
import type { LinkMeasurement, Topology } from './topology/topology.ts';

/** The stretches of a call that can break, in the order they happen. Headlines name one of these. */
export const PHASES = [
  'network',
  'launch',
  'agent',
  'signaling',
  'media',
  'negotiation',
  'gathering',
  'ice',
  'dtls',
  'rtp',
  'data',
  'recording',
  'hang-up',
  'script',
] as const;
export type Phase = (typeof PHASES)[number];

/** What ended a script early. A failed check is not a fault: the script goes on after it. */
export interface Fault {
  phase: Phase;
  /** `failed`: the product's fault; `errored`: the environment's; `unsupported`: a probe said so before the call. */
  status: 'failed' | 'errored' | 'unsupported';
  /** One sentence. */
  message: string;
  code: string;
  /** The role it happened to, when it happened to one. */
  role?: string;
  hint?: string;
  details: Record<string, unknown>;
  /** Set when it was the scenario's own code that threw: exit code 107. */
  script?: true;
}

/** One fact, recorded by the script (k6's check). */
export interface CheckRecord {
  /** A sentence: `video frames change`. */
  name: string;
  role?: string;
  /** `undefined` when there was no evidence: never a pass. */
  passed?: boolean;
  expected: string;
  actual: string;
  /** The phase a failure of this check points at. */
  phase: Phase;
  step?: string;
}

/** A named stretch of the script, epoch ms in the harness's clock. */
export interface StepRecord {
  name: string;
  startMs: number;
  /** `undefined` when the call ended inside it. */
  endMs?: number;
}

/**
 * Moments of one peer's connection, epoch ms in the **peer's** clock; absent when it never happened.
 * The table of which metric lies between which marks is in harness/metrics.
 */
export interface PeerMarks {
  gumStart?: number;
  gumEnd?: number;
  /** The offerer began to negotiate, or the answerer received the offer: the origin of the waterfall. */
  start?: number;
  offerSent?: number;
  offerReceived?: number;
  answerSent?: number;
  answerReceived?: number;
  /** `setLocalDescription` was called; gathering starts. */
  gatherStart?: number;
  firstCandidate?: number;
  /** The first server reflexive and the first relayed candidate. */
  firstSrflx?: number;
  firstRelay?: number;
  gatherEnd?: number;
  iceConnected?: number;
  dtlsConnected?: number;
  /** `connectionState` became `connected`. */
  connected?: number;
  /** First sample in which any `inbound-rtp` had `packetsReceived > 0`; polled, see `firstRtpResolutionMs`. */
  firstRtp?: number;
  firstRtpResolutionMs?: number;
  /** First frame a `<video>` presented (`requestVideoFrameCallback`), else first sample with `framesDecoded > 0`. */
  firstFrame?: number;
  hangUp?: number;
  remoteHangUp?: number;
}

export interface CandidateRecord {
  /** Epoch ms, peer's clock. */
  t: number;
  type: 'host' | 'srflx' | 'prflx' | 'relay';
  protocol: string;
  address?: string;
  port?: number;
  relayProtocol?: string;
  url?: string;
  /** The candidate-attribute line as it was. */
  candidate: string;
}

export interface ConsoleEntry {
  /** Epoch ms, harness's clock, when the driver told of it. */
  t: number;
  level: 'debug' | 'info' | 'warning' | 'error';
  /** `console`, `page-error` (uncaught), `crash`, `network`. */
  source: string;
  text: string;
}

/** What a peer looked like when its call ended or broke. */
export interface PeerEvidence {
  signalingState?: string;
  iceGatheringState?: string;
  iceConnectionState?: string;
  connectionState?: string;
  dtlsState?: string;
  /** `[t, what, value]` of every state change, peer's clock. */
  states: [t: number, what: string, value: string][];
  localCandidates: CandidateRecord[];
  remoteCandidates: CandidateRecord[];
  /** `icecandidateerror` events. */
  iceErrors: { t: number; url?: string; errorCode: number; errorText: string; address?: string }[];
  selectedPair?: {
    local: string;
    remote: string;
    localType: string;
    remoteType: string;
    protocol: string;
    /** How this peer reaches its TURN server, when its candidate is relayed and the browser says so. */
    relayProtocol?: string;
    /** The server the local candidate came from, when the browser says so. */
    url?: string;
  };
  localDescription?: string;
  remoteDescription?: string;
  dtlsCipher?: string;
  srtpCipher?: string;
  tlsVersion?: string;
  audioCodec?: string;
  videoCodec?: string;
  /** What it refused and has not got over: `setRemoteDescription(offer) failed with …`. */
  refused?: string;
  /** How often an offer of the other side's crossed one of this side's. Absent without a politeness. */
  glares?: number;
}

export interface ProcessSample {
  /** Epoch ms, harness's clock. */
  t: number;
  /** CPU seconds used by the whole tree of the peer's browser since it started. */
  cpuSeconds?: number;
  /** Proportional set size of the tree; Linux only. */
  pssBytes?: number;
  /** Peers that shared the process at that time: per-peer figures divide by it. */
  peers: number;
}

export interface HostSample {
  t: number;
  /** Busy share of all cores since the last sample, 0 to 1. */
  hostCpuRatio?: number;
  /** CPU seconds used by the harness's own process since the run began. */
  harnessCpuSeconds: number;
  /** How many calls shared the harness at that time. Absent in old runs. */
  calls?: number;
  harnessRssBytes: number;
}

/** One of several connections of a peer. */
export interface ConnectionRecord {
  marks: PeerMarks;
  evidence: PeerEvidence;
}

/** A recording of what a peer received. */
export interface RecordingRecord {
  /** Its path in the run's folder. */
  file: string;
  mimeType: string;
  /** Whose media; absent: all that arrived. */
  of?: string;
  sizeBytes: number;
  /** Whether the file is, by its SHA-256, what the page recorded. */
  isWhole: boolean;
  /** How long the recorder ran. */
  recordedMs: number;
  /** What the browser that wrote it makes of it. */
  playback: Playback;
  /** What ffprobe reads in it; absent on a machine without ffprobe. */
  probe?: ProbedRecording;
}

export interface ProbedRecording {
  /** `matroska,webm`; empty if it could not be read. */
  container: string;
  streams: { kind: string; codec: string; width?: number; height?: number; packets?: number }[];
  error?: string;
}

export interface PeerRecord {
  role: string;
  /** A name of the plan's, or `manual`. */
  browser: string;
  /** `undefined` until known: a manual peer says so itself. */
  kind?: BrowserKind;
  browserVersion?: string;
  userAgent?: string;
  driver?: DriverName;
  pid?: number;
  /** Peer's clock minus harness's clock, and half the shortest round trip it was measured with. */
  clock?: { offsetMs: number; uncertaintyMs: number };
  /** Of its first connection. */
  marks: PeerMarks;
  evidence: PeerEvidence;
  /** Of each connection, by the remote peer's role; absent if there was but one. */
  connections?: Record<string, ConnectionRecord>;
  /** The newest entries only; all of them are in `logs`. */
  console: ConsoleEntry[];
  process: ProcessSample[];
  /** What the peer was asked to send: `fake-device 640x360@20`. */
  source?: {
    kind: string;
    width?: number;
    height?: number;
    frameRate?: number;
    /** Names of the files that took the fake devices' place. */
    files?: string[];
  };
  /** What it recorded. Absent if it recorded nothing. */
  recordings?: RecordingRecord[];
  /** What the test patterns said that it read. Absent if nobody read any. */
  content?: ContentReading[];
}

/** One allocation on the run's TURN server. */
export interface TurnAllocation {
  role: string;
  /** Between the peer and the server. */
  transport: 'udp' | 'tcp' | 'tls';
  /** Epoch ms, harness's clock, when the server told of it. */
  t: number;
  /** Where the peer came from, as the server saw it: `198.51.100.11:50000`. */
  client?: string;
  /** Until {@link ended}: what went through it, when the server said so. */
  receivedBytes?: number;
  sentBytes?: number;
  ended?: { t: number; reason?: string };
}

/** A request the run's TURN server refused. */
export interface TurnRefusal {
  t: number;
  role?: string;
  /** STUN error code (RFC 8489 §14.8): 401, 403, 437, 486, 508. */
  code?: number;
  reason: string;
}

/** What the script changed in the network, and when that was in effect. */
export interface NetworkChange {
  /** Epoch ms, harness's clock. */
  askedMs: number;
  effectiveMs: number;
  role: string;
  /** `uplink loss 5 %, rate 300 kbit/s`; `firewall udp-blocked`; `moved to 192.168.1.3`; `TURN stopped`. */
  what: string;
  /** Why it counts as not in effect. */
  problem?: string;
}

/** The network a call had, as planned, as measured and as it was changed. */
export interface NetworkRecord {
  level: NetworkLevel;
  /** What impairs the links: `netem`, `wirefilter`, `devtools`. */
  backend?: string;
  topology?: Topology;
  ice: IcePlan;
  /** Each link as it was measured before the call. */
  links: LinkMeasurement[];
  changes: NetworkChange[];
  allocations: TurnAllocation[];
  refusals: TurnRefusal[];
  /** Packet captures, paths in the run's folder. */
  captures: string[];
}

/** A value that the script measured itself. */
export interface ScriptMeasure {
  /** Epoch ms, harness's clock. */
  t: number;
  metric: string;
  value: number;
  role?: string;
  step?: string;
}

/** One finished call: facts, no verdict. `calls/<id>/call.json`. */
export interface CallRecord {
  schemaVersion: 1;
  id: string;
  cell: string;
  assignment: Assignment;
  /** Which of the scenario's variants. Absent if it has none. */
  variant?: PlannedVariant;
  vu: number;
  iteration: number;
  /** The load that began it, and what is said of all its calls. Absent: none. */
  load?: { name: string; tags: Record<string, string> };
  /** Epoch ms, harness's clock. */
  startMs: number;
  endMs: number;
  steps: StepRecord[];
  checks: CheckRecord[];
  peers: Record<string, PeerRecord>;
  host: HostSample[];
  /** Absent in calls that never got one, and in those of old runs. */
  network?: NetworkRecord;
  measures?: ScriptMeasure[];
  fault?: Fault;
  /** Set when the run was stopped from outside while this call ran. */
  aborted?: string;
  /** Why its load cut it off, k6's interrupted iteration. What it measured counts, that it did not end does not. */
  interrupted?: string;
}
