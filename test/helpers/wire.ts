import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { CallRecord, PeerRecord } from '../../harness/call-record.ts';
import { waterfall } from '../../harness/metrics/waterfall.ts';

/** A UDP packet between two peers of a call, as it crossed the lab's internet. */
export interface WirePacket {
  /** Epoch ms. */
  t: number;
  from: string;
  to: string;
  kind: 'check' | 'stun' | 'client-hello' | 'dtls' | 'dtls-1.3' | 'rtp' | 'other';
}

/**
 * What a capture has of the packets between the addresses of two roles. Each crosses the internet's switch from port to port
 * and is captured at both, microseconds apart: the first sight counts.
 */
export function packetsBetween(file: string, roles: Record<string, string>): WirePacket[] {
  const fields = ['frame.time_epoch', 'ip.src', 'ip.dst', 'udp.payload'].flatMap((field) => ['-e', field]);
  const args = ['-n', '-r', file, '-Y', 'udp && !icmp', '-T', 'fields', ...fields];
  const text = execFileSync('tshark', args, {
    encoding: 'utf8',
    maxBuffer: 256 << 20,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const seen = new Map<string, number>();
  return text.split('\n').flatMap((line) => {
    const [time = '', source = '', destination = '', payload = ''] = line.split('\t');
    const [from, to] = [roles[source], roles[destination]];
    if (from === undefined || to === undefined || payload === '') return [];
    const t = Number(time) * 1000;
    const twin = seen.get(`${from} ${payload}`);
    seen.set(`${from} ${payload}`, t);
    return twin !== undefined && t - twin < 1 ? [] : [{ t, from, to, kind: kindOf(payload) }];
  });
}

/** @see https://www.rfc-editor.org/rfc/rfc7983#section-7 and https://www.rfc-editor.org/rfc/rfc9147#section-4.1 */
function kindOf(payload: string): WirePacket['kind'] {
  const first = parseInt(payload.slice(0, 2), 16);
  if (first < 4) return payload.startsWith('0001') ? 'check' : 'stun';
  // A handshake record whose first message is a ClientHello.
  if (first === 22) return payload.slice(26, 28) === '01' ? 'client-hello' : 'dtls';
  if (first >= 20 && first < 32) return 'dtls';
  if (first < 64) return 'dtls-1.3';
  return first >= 128 && first < 192 ? 'rtp' : 'other';
}

/** When a role's connection began and was complete by the packets alone, epoch ms at the role's own end of its line. */
export interface WireTimes {
  /** The first connectivity check that it sent or received. */
  firstCheck: number;
  /** The last handshake message it needed arrived. */
  finished: number;
}

export interface Delays {
  /** One way between the role and the internet, ms. */
  uplink: number;
  downlink: number;
}

/**
 * The times of one role. What it sent left it an uplink's delay before it was captured; what it received came a downlink's
 * delay later.
 *
 * The client's last flight before its first RTP is its Finished, which completes the server. The client is complete by the
 * last of the server's flights that precedes its own Finished in DTLS 1.3, or its RTP in DTLS 1.2.
 *
 * @throws Error when the capture has no whole handshake
 * @see https://www.rfc-editor.org/rfc/rfc9147#section-5.8 and https://www.rfc-editor.org/rfc/rfc6347#section-4.2.4
 */
export function wireTimes(packets: readonly WirePacket[], role: string, delays: Delays): WireTimes {
  const own = ({ t, from }: WirePacket) => (from === role ? t - delays.uplink : t + delays.downlink);
  const check = packets.filter(({ kind }) => kind === 'check').map(own);
  const hello = packets.find(({ kind }) => kind === 'client-hello');
  if (!hello || check.length === 0)
    throw new Error('the capture has no connectivity check, or no ClientHello');
  const client = hello.from;
  const media = packets.find(({ kind, from }) => kind === 'rtp' && from === client);
  const handshake = packets.filter(
    ({ kind, t }) => kind.startsWith('dtls') && t >= hello.t && t < (media?.t ?? Infinity),
  );
  const fromClient = handshake.findLast(({ from }) => from === client);
  const isNew = handshake.some(({ kind }) => kind === 'dtls-1.3');
  const fromServer = handshake.findLast(
    ({ from, t }) => from !== client && (!isNew || t < (fromClient?.t ?? 0)),
  );
  const last = role === client ? fromServer : fromClient;
  if (!media || !last) throw new Error(`the capture has no whole handshake of ${role}`);
  return { firstCheck: Math.min(...check), finished: own(last) };
}

/** As they were measured before the call. */
export function delaysOf({ network }: CallRecord, role: string): Delays {
  const of = (wanted: string) => {
    const links = network?.links.filter(
      ({ link, direction }) => direction === wanted && [`site:${role}`, `peer:${role}`].includes(link),
    );
    return (links ?? []).reduce((sum, { measured, configured }) => {
      return sum + (measured.delayMs ?? configured.delayMs ?? 0);
    }, 0);
  };
  return { uplink: of('uplink'), downlink: of('downlink') };
}

/** The roles by the addresses of their host candidates. */
export function rolesByAddress({ peers }: CallRecord): Record<string, string> {
  return Object.fromEntries(
    Object.values(peers).flatMap(({ role, evidence }) =>
      evidence.localCandidates.flatMap(({ type, address }) =>
        type === 'host' && address !== undefined ? [[address, role]] : [],
      ),
    ),
  );
}

/**
 * `connect_ms` runs from the start of negotiation to `connected`. The first part of it, offer, answer and candidates on
 * their way through signaling, shows in no packet between the peers. From the first connectivity check on, both clocks run
 * the same stretch: what `connect_ms` has of it, to the last handshake message that the capture saw arrive. Peers and capture
 * share one machine's clock; each peer's offset to it is known to a millisecond.
 */
export interface Stretch {
  role: string;
  /** First check to `connected`, as `connect_ms` has it. */
  told: number;
  /** First check to the end of the DTLS handshake, in packets. */
  seen: number;
}

/** How far `connect_ms` may be from the packets. */
export const allowedMs = (seen: number): number => 20 + 0.05 * seen;

/** Each peer's, from a call's record and its capture. @throws Error when either has no whole connection */
export function stretchesOf(record: CallRecord, folder: string): Stretch[] {
  const [capture] = record.network?.captures ?? [];
  if (capture === undefined) throw new Error(`${record.id} has no capture`);
  const packets = packetsBetween(join(folder, capture), rolesByAddress(record));
  return Object.values(record.peers).map((peer) =>
    stretchOf(peer, wireTimes(packets, peer.role, delaysOf(record, peer.role))),
  );
}

function stretchOf({ marks, clock, role }: PeerRecord, wire: WireTimes): Stretch {
  const connect = waterfall(marks).find(({ metric }) => metric === 'connect_ms');
  if (!connect || marks.start === undefined) throw new Error(`${role} did not connect`);
  const before = wire.firstCheck - (marks.start - (clock?.offsetMs ?? 0));
  // The start of negotiation precedes the first check: signaling and gathering lie between.
  if (before <= 0) throw new Error(`${role}'s first check was ${-before} ms before its negotiation began`);
  return { role, told: connect.value - before, seen: wire.finished - wire.firstCheck };
}
