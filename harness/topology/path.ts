import type { Direction, Impairment, Link, Topology } from './topology.ts';

/** What impairs a peer's packets on their whole way to the internet or back: its own line and its site's, one after the other. */
export function pathOf({ sites, peers }: Topology, role: string): Link {
  const peer = peers.find((each) => each.role === role);
  const site = sites.find(({ name }) => name === peer?.site);
  const lines = [peer?.link, site?.link].filter((link) => link !== undefined);
  const along = (direction: Direction) => lines.map((link) => link[direction]).reduce(join, {});
  return { uplink: along('uplink'), downlink: along('downlink') };
}

/** Two impairments one after the other: delays add up, the lower rate counts, what survives one can be lost in the other. */
export function join(a: Impairment, b: Impairment): Impairment {
  const joined: Impairment = {
    ...sum('delayMs', a, b),
    ...(a.jitterMs !== undefined || b.jitterMs !== undefined
      ? { jitterMs: Math.hypot(a.jitterMs ?? 0, b.jitterMs ?? 0) }
      : {}),
    ...either('lossRatio', a, b),
    ...either('duplicateRatio', a, b),
    ...either('reorderRatio', a, b),
  };
  const rates = [a.rateBps, b.rateBps].filter((rate) => rate !== undefined);
  if (rates.length > 0) joined.rateBps = Math.min(...rates);
  const bursts = [a.lossBurst, b.lossBurst].filter((burst) => burst !== undefined);
  if (bursts.length > 0) joined.lossBurst = Math.max(...bursts);
  if (a.outage || b.outage) joined.outage = true;
  return joined;
}

export function isImpaired(impairment: Impairment): boolean {
  return Object.values(impairment).some(
    (value) => value === true || (typeof value === 'number' && value > 0),
  );
}

function sum(key: 'delayMs', a: Impairment, b: Impairment): Impairment {
  if (a[key] === undefined && b[key] === undefined) return {};
  return { [key]: (a[key] ?? 0) + (b[key] ?? 0) };
}

function either(
  key: 'lossRatio' | 'duplicateRatio' | 'reorderRatio',
  a: Impairment,
  b: Impairment,
): Impairment {
  const [one, other] = [a[key], b[key]];
  if (one === undefined || other === undefined) {
    const only = one ?? other;
    return only === undefined ? {} : { [key]: only };
  }
  return { [key]: 1 - (1 - one) * (1 - other) };
}
