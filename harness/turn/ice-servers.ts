import type { IcePlan, IceServerName } from '../topology/ice.ts';
import { makeCredentials, type TurnTransport } from './credentials.ts';
import type { GivenIceServer } from './given-servers.ts';

/** A server that peers can reach: the user's, or the run's own, whose secret is the run's. */
export type OfferedIceServer = GivenIceServer;

export interface IceServersFor {
  /** Whose: `<call>.<role>`. */
  label: string;
  ttlSeconds: number;
  /** Epoch ms. */
  nowMs: number;
}

/** The transport between peer and server that a name stands for; `undefined` for STUN. */
const TRANSPORTS = { stun: undefined, 'turn-udp': 'udp', 'turn-tcp': 'tcp', 'turn-tls': 'tls' } as const;

/**
 * What a peer's `RTCPeerConnection` is given: those of the servers that the plan wants, each URL with credentials of its
 * own. Empty when the plan wants none.
 *
 * Credentials that the user gave are passed on as they are; made `wrong` when the plan wants that, but never `expired`:
 * see {@link canExpire}.
 */
export function iceServersOf(
  plan: Pick<IcePlan, 'servers' | 'credentials'>,
  servers: readonly OfferedIceServer[],
  who: IceServersFor,
): RTCIceServer[] {
  return servers
    .filter(({ kind }) => plan.servers.includes(kind))
    .map((server) => ({ urls: server.url, ...credentialsOf(server, plan, who) }));
}

/** The names that no server stands for: the plan cannot be carried out with these servers. */
export function missingServers(
  plan: Pick<IcePlan, 'servers'>,
  servers: readonly Pick<OfferedIceServer, 'kind'>[],
): IceServerName[] {
  return plan.servers.filter((name) => !servers.some(({ kind }) => kind === name));
}

/** Whether credentials that have expired can be made: not of a username and a password that somebody gave. */
export function canExpire(server: OfferedIceServer): boolean {
  return server.secret !== undefined;
}

function credentialsOf(
  { kind, username, credential, secret }: OfferedIceServer,
  { credentials }: Pick<IcePlan, 'credentials'>,
  { label, ttlSeconds, nowMs }: IceServersFor,
): Pick<RTCIceServer, 'username' | 'credential'> {
  if (kind === 'stun') return {};
  if (secret !== undefined) {
    const transport: TurnTransport = TRANSPORTS[kind];
    return makeCredentials({ secret, label, transport, ttlSeconds, nowMs, kind: credentials });
  }
  if (username === undefined || credential === undefined) return {};
  return { username, credential: credentials === 'wrong' ? `not ${credential}` : credential };
}

export interface OwnServers {
  /** IPv4, IPv6 or both. */
  ips: readonly string[];
  port: number;
  tlsPort: number;
  /** What the certificate is valid for. Firefox gathers nothing with `turns:` and an IP address. */
  tlsName: string;
  secret: string;
}

/** The URLs of a server of ours. @see https://www.rfc-editor.org/rfc/rfc7065#section-3.1 */
export function ownIceServers({ ips, port, tlsPort, tlsName, secret }: OwnServers): OfferedIceServer[] {
  const each = ips.flatMap((ip): OfferedIceServer[] => {
    const host = `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
    return [
      { kind: 'stun', url: `stun:${host}` },
      { kind: 'turn-udp', url: `turn:${host}?transport=udp`, secret },
      { kind: 'turn-tcp', url: `turn:${host}?transport=tcp`, secret },
    ];
  });
  return [...each, { kind: 'turn-tls', url: `turns:${tlsName}:${tlsPort}?transport=tcp`, secret }];
}
