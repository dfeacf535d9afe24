import type { CallRecord, PeerMarks, PeerRecord } from '../../harness/call-record.ts';

/** One line of a peer's waterfall; times in ms from the first mark of the call. */
export interface WaterfallRow {
  name: string;
  /** A stretch that lasts, or a moment that is reached after a while. */
  kind: 'stretch' | 'moment';
  /** `undefined`: this never began. */
  fromMs?: number;
  /** `undefined`: it began and never ended. */
  toMs?: number;
  /** How much earlier than `toMs` it may have happened, as it was polled for. */
  earlierMs?: number;
}

export interface PeerWaterfall {
  role: string;
  browser: string;
  rows: WaterfallRow[];
  /** How far its lines may be off against the other peers', ± ms; `undefined` when the clocks were never compared. */
  clockUncertaintyMs?: number;
}

/** How a call came about, all its peers on one time axis that begins with the first mark of any of them. */
export interface Waterfall {
  /** Where the axis ends. Beyond the last mark if something never ended. */
  lengthMs: number;
  peers: PeerWaterfall[];
}

type Mark = Exclude<keyof PeerMarks, 'firstRtpResolutionMs'>;

const LINES: readonly { name: string; kind: WaterfallRow['kind']; from: Mark[]; to: Mark[] }[] = [
  { name: 'getUserMedia', kind: 'stretch', from: ['gumStart'], to: ['gumEnd'] },
  {
    name: 'Signaling',
    kind: 'stretch',
    from: ['offerSent', 'offerReceived'],
    to: ['answerReceived', 'answerSent'],
  },
  { name: 'Gathering', kind: 'stretch', from: ['gatherStart'], to: ['gatherEnd'] },
  { name: 'ICE', kind: 'stretch', from: ['start'], to: ['iceConnected'] },
  { name: 'DTLS', kind: 'stretch', from: ['iceConnected'], to: ['dtlsConnected'] },
  { name: 'Connected', kind: 'moment', from: ['start'], to: ['connected'] },
  { name: 'First RTP', kind: 'moment', from: ['start'], to: ['firstRtp'] },
  { name: 'First frame', kind: 'moment', from: ['start'], to: ['firstFrame'] },
];

const SHOWN: readonly Mark[] = LINES.flatMap(({ from, to }) => [...from, ...to]);

/** Room left at the end of the axis for what began and never ended, as a share of what is known. */
const OPEN_END = 0.18;

/** Lays out the waterfall of a call. `undefined` when no peer has a single mark. */
export function layOutWaterfall(record: CallRecord): Waterfall | undefined {
  const peers = Object.values(record.peers).filter((peer) => markTimes(peer.marks).length > 0);
  if (peers.length === 0) return undefined;
  const compared = peers.filter((peer) => peer.clock);
  const origin = Math.min(...(compared.length > 0 ? compared : peers).map(firstMark));
  const rowsOf = (peer: PeerRecord) => {
    // A clock that was never compared may be hours off: such a peer is drawn from its own first mark.
    const shift = peer.clock || compared.length === 0 ? origin : firstMark(peer);
    return LINES.map((line) => layOutLine(line, peer, shift));
  };
  const laidOut = peers.map((peer) => ({
    role: peer.role,
    browser: peer.browser,
    rows: rowsOf(peer),
    ...(peer.clock && { clockUncertaintyMs: peer.clock.uncertaintyMs }),
  }));
  return { lengthMs: axisLength(laidOut.flatMap((peer) => peer.rows)), peers: laidOut };
}

/** Round times to mark on an axis of this length: 0 and up to five more. */
export function axisTicks(lengthMs: number): number[] {
  const rough = lengthMs / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  return Array.from({ length: Math.floor(lengthMs / step) + 1 }, (_, index) => index * step);
}

function layOutLine(line: (typeof LINES)[number], peer: PeerRecord, origin: number): WaterfallRow {
  const at = (names: readonly Mark[]) => {
    const mark = names.map((name) => peer.marks[name]).find((time) => time !== undefined);
    return mark === undefined ? undefined : mark - offsetOf(peer) - origin;
  };
  const beganMs = at(line.from);
  const toMs = beganMs === undefined ? undefined : at(line.to);
  // DTLS may report before ICE does: the two events are not ordered.
  const fromMs = beganMs !== undefined && toMs !== undefined ? Math.min(beganMs, toMs) : beganMs;
  const earlierMs = line.name === 'First RTP' ? peer.marks.firstRtpResolutionMs : undefined;
  return {
    name: line.name,
    kind: line.kind,
    ...(fromMs !== undefined && { fromMs }),
    ...(toMs !== undefined && { toMs }),
    ...(earlierMs !== undefined && toMs !== undefined && { earlierMs }),
  };
}

function axisLength(rows: WaterfallRow[]): number {
  const known = Math.max(1, ...rows.flatMap((row) => [row.fromMs ?? 0, row.toMs ?? 0]));
  const open = rows.some((row) => row.fromMs !== undefined && row.toMs === undefined);
  return known * (open ? 1 + OPEN_END : 1);
}

function firstMark(peer: PeerRecord): number {
  return Math.min(...markTimes(peer.marks)) - offsetOf(peer);
}

function offsetOf(peer: PeerRecord): number {
  return peer.clock?.offsetMs ?? 0;
}

function markTimes(marks: PeerMarks): number[] {
  return SHOWN.flatMap((name) => marks[name] ?? []);
}
