import { harnessNow } from '../peer/clock.ts';
import type { Direction, Impairment, Link, LinkMeasurement, Topology } from '../topology/topology.ts';
import { CableProbe } from './impairment/cable-probe.ts';
import { verifyLink, verifyQuickly } from './impairment/verify-link.ts';
import type { Lab } from './lab/lab.ts';
import type { LinkId } from './lab/layout.ts';

const DIRECTIONS = ['uplink', 'downlink'] as const satisfies Direction[];

/**
 * The lab's links that can be impaired: sets them, and measures what came of it with the lab's own packets.
 *
 * A link that was measured once as it is configured now is not measured again.
 */
export class LabLinks implements AsyncDisposable {
  #lab: Lab;
  #probes = new Map<LinkId, CableProbe>();
  #known = new Map<LinkId, { link: string; measured: LinkMeasurement[] }>();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** To be called when the lab's cables are new and not impaired yet. */
  async attach(): Promise<void> {
    await this.detach();
    const emulated = this.#lab.links().filter((link) => link.emulated);
    await Promise.all(
      emulated.map(async ({ id, cable, addresses }) => {
        const [a, b] = await Promise.all(
          (['a', 'b'] as const).map(async (end) => ({
            station: await this.#lab.stationIn(cable[end].namespace),
            address: addresses[end].ipv4 ?? addresses[end].ipv6 ?? '',
          })),
        );
        if (a && b) this.#probes.set(id, await CableProbe.open({ a, b }));
      }),
    );
  }

  async detach(): Promise<void> {
    const probes = [...this.#probes.values()];
    this.#probes.clear();
    this.#known.clear();
    await Promise.allSettled(probes.map((probe) => probe[Symbol.asyncDispose]()));
  }

  /** Every link as the topology wants it and as it is. */
  async measureAll(topology: Topology): Promise<LinkMeasurement[]> {
    const measured = await Promise.all(
      [...this.#probes.keys()].map((id) => this.#measure(id, linkOf(topology, id))),
    );
    return measured.flat();
  }

  /** Impairs a link mid-call. */
  async change(id: LinkId, before: Link, link: Link): Promise<void> {
    this.#known.delete(id);
    const changed = changedDirections(before, link);
    await Promise.all(changed.map((direction) => this.#lab.setLink(id, direction, link[direction])));
  }

  /** Looks, with packets too few to disturb a call, whether a change took effect: why not, if not. */
  async verify(id: LinkId, before: Link, link: Link): Promise<string | undefined> {
    const probe = this.#probes.get(id);
    if (!probe) return `${id} was not measured`;
    const seen = await probe.quickCheck(byCable(link));
    return changedDirections(before, link)
      .map((direction) => verifyQuickly(link[direction], seen[cableOf(direction)]))
      .find((problem) => problem !== undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.detach();
  }

  async #measure(id: LinkId, link: Link): Promise<LinkMeasurement[]> {
    const key = JSON.stringify(link);
    const known = this.#known.get(id);
    if (known?.link === key) return known.measured;
    const seen = await this.#probes.get(id)!.measure(byCable(link));
    const measured = DIRECTIONS.map((direction): LinkMeasurement => {
      const [configured, found] = [link[direction], seen[cableOf(direction)]];
      const problem = verifyLink(configured, found);
      return {
        t: harnessNow(),
        link: id,
        direction,
        configured,
        measured: found,
        ...(problem !== undefined && { problem }),
      };
    });
    // What was not as it should be is looked at again by the next call.
    if (measured.every(({ problem }) => problem === undefined)) this.#known.set(id, { link: key, measured });
    return measured;
  }
}

/** What the topology says of one of the lab's links. */
export function linkOf({ sites, peers }: Topology, id: LinkId): Link {
  const name = id.slice(id.indexOf(':') + 1);
  const found = id.startsWith('site:')
    ? sites.find((site) => site.name === name)
    : peers.find((peer) => peer.role === name);
  return found?.link ?? { uplink: {}, downlink: {} };
}

function changedDirections(before: Link, after: Link): Direction[] {
  return DIRECTIONS.filter((each) => JSON.stringify(before[each]) !== JSON.stringify(after[each]));
}

function byCable({ uplink, downlink }: Link): Record<'a-to-b' | 'b-to-a', Impairment> {
  return { 'a-to-b': uplink, 'b-to-a': downlink };
}

function cableOf(direction: Direction): 'a-to-b' | 'b-to-a' {
  return direction === 'uplink' ? 'a-to-b' : 'b-to-a';
}
