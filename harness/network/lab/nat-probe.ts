import type { NatBehaviour } from '../../topology/spec.ts';
import { WAN } from './addresses.ts';
import type { Station } from './station.ts';

export interface Endpoint {
  address: string;
  port: number;
}

/** What a station saw; see nat-probes.mjs. */
export interface NatObservation {
  /** Where the server's four sockets saw one socket come from; `undefined` (JSON: absent or null): no answer. */
  mapped: (Endpoint | null | undefined)[];
  /** The addresses of the machine behind the NAT. */
  own: string[];
  localPort: number;
  /** Whether an answer came in that was sent from another port, and from another address, than was spoken to. */
  otherPort?: boolean;
  otherAddress?: boolean;
  /** Whether the one who had sent what nobody asked for, spoken to afterwards, saw the same mapping as the first. */
  keptForStranger?: boolean;
  hairpin?: boolean;
}

/** How a NAT behaves, in RFC 4787's words; as RFC 5780 finds out. */
export interface NatFinding {
  /** `undefined`: UDP does not get through, and nothing else is known. */
  mapping?: NatBehaviour;
  filtering?: NatBehaviour;
  /** The world sees another address, or another port, than the machine has. */
  translated?: boolean;
  portPreserving?: boolean;
  /** Two machines behind it reach each other by their outer addresses. */
  hairpinning?: boolean;
  /** Packets that nobody asked for do not change the mapping. `undefined` unless it is endpoint-independent. */
  steady?: boolean;
}

export interface ProbeNatOptions {
  /** Behind the NAT. */
  client: Station;
  /** The internet's. */
  server: Station;
  ip?: 'ipv4' | 'ipv6';
  /** How long silence has to last. Longer than the longest round trip. */
  waitMs?: number;
}

/**
 * Finds out how the NAT between two stations behaves, from two addresses with two ports each.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5780#section-4
 */
export async function probeNat({
  client,
  server,
  ip = 'ipv4',
  waitMs = 300,
}: ProbeNatOptions): Promise<NatFinding> {
  const opened = await server.probe('nat-serve', [WAN.turn[ip], WAN.probe[ip]]);
  const { server: id, endpoints } = opened as { server: number; endpoints: Endpoint[] };
  try {
    const observed = await client.probe('nat-behaviour', { endpoints, waitMs });
    return interpretNat(observed as NatObservation);
  } finally {
    await server.probe('nat-stop-serving', id);
  }
}

export function interpretNat(observed: NatObservation): NatFinding {
  const { mapped, own, localPort, otherPort, otherAddress, keptForStranger, hairpin } = observed;
  const [home, sameAddress, ...elsewhere] = mapped.map((each) => each && `${each.address} ${each.port}`);
  const seen = mapped[0];
  if (!seen) return {};
  const isSame = (each: string | null | undefined) => each === home;
  const mapping = behaviour(isSame(sameAddress) && elsewhere.every(isSame), isSame(sameAddress));
  return {
    mapping,
    filtering: behaviour(otherAddress === true, otherPort === true),
    translated: !own.includes(seen.address),
    portPreserving: seen.port === localPort,
    ...(hairpin !== undefined && { hairpinning: hairpin }),
    ...(mapping === 'endpoint-independent' && { steady: keptForStranger === true }),
  };
}

const behaviour = (anywhere: boolean, sameAddress: boolean): NatBehaviour => {
  if (anywhere) return 'endpoint-independent';
  return sameAddress ? 'address-dependent' : 'address-and-port-dependent';
};

/** What comes back when something is sent: an answer, an error at once, or nothing. */
export interface Reach {
  outcome: 'open' | 'refused' | 'silent';
  /** The system's name of the error: `ECONNREFUSED`. */
  code?: string;
  ms: number;
}

/** Whether a station reaches an endpoint. */
export async function probeReach(
  from: Station,
  { protocol, to, waitMs = 300 }: { protocol: 'udp' | 'tcp'; to: Endpoint; waitMs?: number },
): Promise<Reach> {
  return (await from.probe('reach', { protocol, to, waitMs })) as Reach;
}
