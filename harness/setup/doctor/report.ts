import type { BrowserKind } from '../../plan/plan.ts';

/** What one machine can do. What `callrig doctor --json` prints. */
export interface DoctorReport {
  schemaVersion: 1;
  /** Whether p2p-call could run with at least one browser, of the Grid if one was asked about: decides the exit code. */
  canRun: boolean;
  machine: Machine;
  browsers: BrowserFinding[];
  tools: ToolFinding[];
  networks: NetworkFinding[];
  /** What a load can know of the machine that makes it. */
  monitor: MonitorFinding;
  /** The Grid that was asked about; absent when none was. */
  grid?: GridFinding;
  /** What is missing or too small, each with what it costs and how to get it. */
  advice: Advice[];
}

export interface Machine {
  /** `linux 6.1.0 x64`. */
  os: string;
  node: string;
  cpuModel: string;
  cores: number;
  /** Cores the container may use; `undefined` when there is no limit. */
  coreLimit?: number;
  /** Of the machine, or of the container when that is less. */
  memoryBytes: number;
  /** Soft limit on open files that browsers inherit; `undefined` where the system does not say. */
  openFiles?: number;
  /** Size of /dev/shm; Linux only. */
  shmBytes?: number;
  /** Whether Chromium runs in its sandbox when Callrig starts it. */
  sandbox: { usable: boolean; reason: string };
}

export interface Codec {
  /** `video/VP8`. */
  mimeType: string;
  clockRate: number;
  channels?: number;
  sdpFmtpLine?: string;
}

/** What the browser itself said on a page of ours. */
export interface BrowserCapabilities {
  secureContext: boolean;
  peerConnection: boolean;
  getUserMedia: boolean;
  /** Two connections in one page reached `connected` over host candidates. */
  connected: boolean;
  /** Why not. */
  connectFailure?: string;
  /** `RTCRtpSender.getCapabilities()`; `undefined` when the browser has no such function. */
  video?: Codec[];
  audio?: Codec[];
}

export interface BrowserFinding {
  name: string;
  kind: BrowserKind;
  executablePath: string;
  source: string;
  /** `undefined` when it did not launch. */
  version?: string;
  capabilities?: BrowserCapabilities;
  /** Whether a call can have this browser in it. */
  canCall: boolean;
  /** Why it cannot, one sentence. */
  failure?: string;
}

export interface ToolFinding {
  name: string;
  path?: string;
  version?: string;
  linuxOnly: boolean;
}

export interface NetworkFinding {
  level: 'loopback' | 'shaped' | 'lab';
  available: boolean;
  /** What it offers here, or why it does not. */
  detail: string;
  /** What is missing, of a level that would be better with it. */
  lacks?: string[];
  /** What to do about that besides installing tools. */
  hint?: string;
}

export interface MonitorFinding {
  /** In words: `CPU`, `memory`. */
  measured: string[];
  /** What nobody can measure here: a load's verdict goes without it, and says so. */
  unknown: string[];
}

export interface GridFinding {
  /** Without credentials. */
  url: string;
  /** Sessions that it can have at the same time, and how many more now. Absent when it did not answer. */
  total?: number;
  free?: number;
  /** `slots`: what of, in words. */
  nodes: { uri: string; slots: string; maxSessions: number }[];
  /** Names that a run can use. */
  browsers: string[];
  canCall: boolean;
  /** Why it did not answer. */
  failure?: string;
}

export interface Advice {
  what: string;
  /** What a run cannot do without it. */
  costs: string;
  /** What gets it; `undefined` when there is none for this machine. */
  command?: string;
}
