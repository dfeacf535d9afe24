import type { Server } from 'node:net';
import { WAN, WAN_NAMES } from './addresses.ts';
import { Capture, type CaptureOptions } from './capture.ts';
import type { Keeper } from './keeper.ts';
import type { Station } from './station.ts';

/** The lab's internet: what stands from one topology to the next. */
export interface Wan {
  /** Words in front of a command that make it run on the internet. */
  readonly enter: readonly string[];
  readonly station: Station;
  readonly turnIps: readonly [string, string];
  readonly names: typeof WAN_NAMES;
  readonly signaling: {
    /** Port 443 of the signaling server's addresses, one server each. */
    listen(): Promise<Server[]>;
  };
}

export function wanOf(keeper: Keeper, station: Station): Wan {
  const listenAt = async (host: string) => (await station.listen({ host, port: 443 })).server;
  return {
    enter: keeper.enter(WAN.namespace),
    station,
    turnIps: [WAN.turn.ipv4, WAN.turn.ipv6],
    names: WAN_NAMES,
    signaling: { listen: () => Promise.all([WAN.signaling.ipv4, WAN.signaling.ipv6].map(listenAt)) },
  };
}

/** Captures what passes one of the internet's interfaces. @throws NetworkError when dumpcap is not here */
export function captureAt(
  { station, enter }: Wan,
  options: Pick<CaptureOptions, 'file' | 'interface' | 'snapBytes' | 'signal'>,
): Promise<Capture> {
  return Capture.open({ ...options, enter, station, broadcast: WAN.broadcast });
}
