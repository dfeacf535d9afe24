import type { RawStat, StatsSample } from './sample.ts';

/**
 * One report with the differences between browsers taken out: what belongs together is together, what a browser does
 * not report is absent. Values keep their W3C names and units and stay in `stat`.
 */
export interface NormalisedSample {
  /** Epoch ms, peer's clock. */
  t: number;
  connection: string;
  seq: number;
  lateMs: number;
  costMs: number;
  /** The nominated pair that media flows over; `undefined` before ICE selected one. */
  pair?: SelectedPair;
  transport: TransportFacts;
  inbound: RtpStream[];
  outbound: RtpStream[];
}

export interface SelectedPair {
  stat: RawStat;
  /** `host srflx prflx relay`, of either side. `undefined` if the candidate is not in the report. */
  localType?: string;
  remoteType?: string;
  /** `udp` or `tcp`, the local candidate's. */
  protocol?: string;
  /** How a local relay is reached: `udp tcp tls`. */
  relayProtocol?: string;
  /** Local type; `relay` if either side is relay: symmetric NATs end up with relay on one side, prflx on the other. */
  candidateType?: string;
  /** `address:port`. */
  local?: string;
  remote?: string;
  /** Seconds. `undefined` when not reported or 0: Firefox says 0 for seconds on end, Chromium when under 0.5 ms. */
  currentRoundTripTime?: number;
}

export interface TransportFacts {
  dtlsState?: string;
  dtlsCipher?: string;
  srtpCipher?: string;
  /** `DTLS 1.2`, from the hexadecimal version in `tlsVersion`. */
  tlsVersion?: string;
}

export interface RtpStream {
  id: string;
  kind: 'audio' | 'video';
  /** Without the kind: `VP8`, `opus`. */
  codec?: string;
  stat: RawStat;
  /** The other side's view, as its RTCP reports told: `remote-inbound-rtp` of an outbound stream. */
  remote?: RawStat;
  /** What an outbound stream sends: its `media-source`. */
  source?: RawStat;
}

/**
 * Asks the report, not the browser's name: versions differ as much as browsers do, and a manual peer's is unknown.
 *
 * @see https://www.w3.org/TR/webrtc-stats/#rtctatstype-*
 */
export function normalise({ t, connection, seq, lateMs, costMs, stats }: StatsSample): NormalisedSample {
  const byId = new Map(stats.map((stat) => [stat.id, stat]));
  const pair = selectedPair(stats, byId);
  return {
    t,
    connection,
    seq,
    lateMs,
    costMs,
    ...(pair && { pair: describePair(pair, byId) }),
    transport: transportFacts(stats, pair),
    inbound: streams(stats, byId, 'inbound-rtp'),
    outbound: streams(stats, byId, 'outbound-rtp'),
  };
}

/**
 * Chromium nominates several pairs over a call's life and only `transport.selectedCandidatePairId` says which one is in
 * use. Firefox 153 reports it too; where it is missing, Firefox's own flag `selected` says the same.
 */
export function selectedPair(
  stats: readonly RawStat[],
  byId: ReadonlyMap<string, RawStat>,
): RawStat | undefined {
  for (const { type, selectedCandidatePairId } of stats) {
    const pair =
      type === 'transport' &&
      typeof selectedCandidatePairId === 'string' &&
      byId.get(selectedCandidatePairId);
    if (pair) return pair;
  }
  const pairs = stats.filter(({ type }) => type === 'candidate-pair');
  return (
    pairs.find(({ selected }) => selected === true) ??
    pairs.find(({ nominated, state }) => nominated === true && state === 'succeeded')
  );
}

function describePair(stat: RawStat, byId: ReadonlyMap<string, RawStat>): SelectedPair {
  const local = byId.get(text(stat, 'localCandidateId') ?? '');
  const remote = byId.get(text(stat, 'remoteCandidateId') ?? '');
  const localType = text(local, 'candidateType');
  const remoteType = text(remote, 'candidateType');
  const isRelayed = localType === 'relay' || remoteType === 'relay';
  const roundTrip = number(stat, 'currentRoundTripTime');
  return withoutAbsent({
    stat,
    localType,
    remoteType,
    protocol: text(local, 'protocol'),
    relayProtocol: text(local, 'relayProtocol'),
    candidateType: isRelayed ? 'relay' : localType,
    local: address(local),
    remote: address(remote),
    currentRoundTripTime: roundTrip === undefined || roundTrip <= 0 ? undefined : roundTrip,
  });
}

function address(candidate: RawStat | undefined): string | undefined {
  const host = text(candidate, 'address') ?? text(candidate, 'ip');
  const port = number(candidate, 'port');
  if (!host || port === undefined) return undefined;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The transport of the selected pair; the only one with BUNDLE, which both browsers always negotiate. */
function transportFacts(stats: RawStat[], pair: RawStat | undefined): TransportFacts {
  const transports = stats.filter(({ type }) => type === 'transport');
  const transport = transports.find(({ id }) => id === pair?.['transportId']) ?? transports[0];
  return withoutAbsent({
    dtlsState: text(transport, 'dtlsState'),
    dtlsCipher: text(transport, 'dtlsCipher'),
    srtpCipher: text(transport, 'srtpCipher'),
    tlsVersion: tlsVersion(text(transport, 'tlsVersion')),
  });
}

/** DTLS counts its versions down from FEFF (RFC 9147 §5.3). */
function tlsVersion(hex: string | undefined): string | undefined {
  const known: Record<string, string> = { FEFF: 'DTLS 1.0', FEFD: 'DTLS 1.2', FEFC: 'DTLS 1.3' };
  return hex && (known[hex.toUpperCase()] ?? hex);
}

function streams(stats: RawStat[], byId: ReadonlyMap<string, RawStat>, type: string): RtpStream[] {
  return stats.flatMap((stat) => {
    if (stat.type !== type) return [];
    const kind = text(stat, 'kind') ?? text(stat, 'mediaType');
    return kind === 'audio' || kind === 'video' ? [stream(stat, kind, byId)] : [];
  });
}

/** By `mediaSourceId`; Firefox 153 leaves that out, and then the kind's only source is meant. */
function mediaSource(
  stat: RawStat,
  kind: RtpStream['kind'],
  byId: ReadonlyMap<string, RawStat>,
): RawStat | undefined {
  if (stat.type !== 'outbound-rtp') return undefined;
  const named = byId.get(text(stat, 'mediaSourceId') ?? '');
  if (named) return named;
  const sources = [...byId.values()].filter((each) => each.type === 'media-source' && each['kind'] === kind);
  return sources.length === 1 ? sources[0] : undefined;
}

function stream(stat: RawStat, kind: RtpStream['kind'], byId: ReadonlyMap<string, RawStat>): RtpStream {
  const codec = text(byId.get(text(stat, 'codecId') ?? ''), 'mimeType')?.replace(/^\w+\//, '');
  const remote = byId.get(text(stat, 'remoteId') ?? '');
  return withoutAbsent({ id: stat.id, kind, codec, stat, remote, source: mediaSource(stat, kind, byId) });
}

/** A field if it is a finite number. */
export function number(stat: RawStat | undefined, field: string): number | undefined {
  const value = stat?.[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function text(stat: RawStat | undefined, field: string): string | undefined {
  const value = stat?.[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Absent is absent: no key with `undefined`, so that JSON and equality say the same. */
function withoutAbsent<T extends object>(value: T): Present<T> {
  const known = { ...value };
  for (const key of Object.keys(known) as (keyof T)[]) if (known[key] === undefined) delete known[key];
  return known as Present<T>;
}
