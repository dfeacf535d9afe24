/** The servers of a run, by what peers reach them with. `turn-*` also stands for the transport between peer and TURN server. */
export const ICE_SERVERS = ['stun', 'turn-udp', 'turn-tcp', 'turn-tls'] as const;
export type IceServerName = (typeof ICE_SERVERS)[number];

/** Which STUN and TURN servers peers are given, and what ICE may use. */
export interface IceSpec {
  /** Default: none. */
  servers?: readonly IceServerName[];
  /** `relay`: only relayed candidates are used. Default `all`. */
  policy?: 'all' | 'relay';
  /** Default `valid`. The others are for scenarios that show what refusal looks like. */
  credentials?: 'valid' | 'wrong' | 'expired';
}

/** {@link IceSpec}, everything decided. */
export interface IcePlan {
  servers: IceServerName[];
  policy: 'all' | 'relay';
  credentials: 'valid' | 'wrong' | 'expired';
}
