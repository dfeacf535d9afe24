import type { CallRecord, NetworkRecord, TurnRefusal } from '../call-record.ts';
import type { LinkResult, NetworkResult } from '../result.ts';
import { describeIce, describeImpairment, describeMeasured, describePlace } from '../topology/describe.ts';
import type { LinkMeasurement } from '../topology/topology.ts';

/** The call's network for the reports; `undefined` where it had none to speak of, as in old runs. */
export function networkResult({ network, startMs }: CallRecord): NetworkResult | undefined {
  if (!network) return undefined;
  const { level, backend, ice, links, changes, allocations, refusals, captures } = network;
  return {
    level,
    ...(backend !== undefined && { backend }),
    places: placesOf(network),
    ice: describeIce(ice),
    links: links.map(linkResult),
    changes: changes.map(({ effectiveMs, role, what, problem }) => ({
      atMs: Math.round(effectiveMs - startMs),
      role,
      what,
      ...(problem !== undefined && { problem }),
    })),
    allocations: allocations.map(({ role, transport }) => ({ role, transport })),
    refusals: refusals.map(renderRefusal),
    captures: [...captures],
  };
}

function placesOf({ topology }: NetworkRecord): Record<string, string> {
  if (!topology) return {};
  return Object.fromEntries(
    topology.peers.flatMap(({ role }) => {
      const place = describePlace(topology, role);
      return place === undefined ? [] : [[role, place]];
    }),
  );
}

function linkResult({ link, direction, configured, measured, problem }: LinkMeasurement): LinkResult {
  return {
    link,
    direction,
    configured: describeImpairment(configured),
    measured: describeMeasured(measured),
    ...(problem !== undefined && { problem }),
  };
}

/** `caller: 401 Unauthorized`. */
function renderRefusal({ role, code, reason }: TurnRefusal): string {
  const what = code === undefined || reason.includes(`${code}`) ? reason : `${code} ${reason}`;
  return role === undefined ? what : `${role}: ${what}`;
}

/**
 * What a role's TURN allocations went over, when they all went over the same: for browsers that do not report
 * `relayProtocol`.
 */
export function allocatedOver(record: CallRecord, role: string): 'udp' | 'tcp' | 'tls' | undefined {
  const own = record.network?.allocations.filter((each) => each.role === role) ?? [];
  const transports = new Set(own.map(({ transport }) => transport));
  return transports.size === 1 ? own[0]?.transport : undefined;
}
