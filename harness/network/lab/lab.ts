import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NetworkError } from '../../errors.ts';
import { AsyncStack } from '../../lifecycle/async-stack.ts';
import type { BrowserPlace } from '../../peer/host.ts';
import type { Direction, FirewallName, Impairment, Topology } from '../../topology/topology.ts';
import type { LinkEmulator } from '../impairment/emulator.ts';
import type { Capture } from './capture.ts';
import { hostsFile, insideOf, RESOLV_CONF, WAN, type Addresses } from './addresses.ts';
import {
  freeHost,
  layOut,
  only,
  sameShape,
  type Emulate,
  type LabLayout,
  type LaidLink,
  type LaidPeer,
  type LinkId,
} from './layout.ts';
import { Keeper } from './keeper.ts';
import {
  cablesScript,
  firewallScript,
  moveScript,
  namespacesScript,
  removeScript,
  rulesScript,
  settingsScript,
  wanScript,
} from './scripts.ts';
import { gone, noEmulator } from './lab-errors.ts';
import { placeIn } from './place.ts';
import type { Station } from './station.ts';
import { openStation, Stations } from './stations.ts';
import { captureAt, type Wan, wanOf } from './wan.ts';

export type OpenEmulator = (options: {
  keeper: Keeper;
  folder: string;
  seed: number;
}) => Promise<LinkEmulator | undefined>;

export interface LabOptions {
  /** Within the run's temporary folder; its own. */
  folder: string;
  /** Asked again whenever the cables are laid anew; without one, no link is impaired. */
  openEmulator?: OpenEmulator;
  /** Default `configured`: what the topology impairs. `all` where nothing can impair means none. */
  emulate?: Emulate;
  seed?: number;
  /** Waited for when cables are new and none is impaired yet. */
  onBuilt?: () => Promise<void>;
  signal?: AbortSignal;
}

/**
 * A network of namespaces: an internet, a router per site and NAT, and peers behind them. Nothing of it is seen
 * outside, and all of it ends with this process.
 */
export class Lab implements AsyncDisposable {
  readonly wan: Wan;
  /** Counts how often sites and peers were made anew: places and stations of an earlier generation are gone. */
  generation = 0;
  readonly #keeper: Keeper;
  readonly #options: LabOptions;
  readonly #stack: AsyncStack;
  #layout: LabLayout | undefined;
  #emulator: LinkEmulator | undefined;
  readonly #stations: Stations;
  /** Aborted when this generation ends. */
  #gone = new AbortController();
  /** Roles that have moved, and their number at the site since. */
  #moved = new Map<string, number>();
  #zone = 0;
  #emulate: Emulate;

  private constructor(keeper: Keeper, station: Station, options: LabOptions, stack: AsyncStack) {
    this.#keeper = keeper;
    this.#options = options;
    this.#stack = stack;
    this.#emulate = options.emulate ?? 'configured';
    this.wan = wanOf(keeper, station);
    this.#stations = new Stations(keeper, options.signal);
  }

  /** An internet without sites. @throws NetworkError when this system lets us have no namespaces */
  static async open(options: LabOptions): Promise<Lab> {
    const { folder, signal } = options;
    await writeFile(join(folder, 'hosts'), hostsFile());
    await writeFile(join(folder, 'resolv.conf'), RESOLV_CONF);
    await using stack = new AsyncStack();
    const keeper = stack.use(await Keeper.open({ folder, ...(signal && { signal }) }));
    await keeper.run(wanScript(), { what: "the lab's internet" });
    const station = stack.use(await openStation(keeper, WAN.namespace, signal));
    const lab = new Lab(keeper, station, options, stack.move());
    void keeper.exited.then(() => lab.#gone.abort());
    return lab;
  }

  /** How it ended though nobody closed it: it cannot be used any more. `undefined` while all is well. */
  get death(): string | undefined {
    return this.#keeper.death;
  }

  /**
   * Makes the network what the topology says: in place when only rules and impairments differ from what is there, so
   * that browsers can stay; else anew.
   *
   * @throws NetworkError when it cannot be made
   */
  async apply(topology: Topology): Promise<void> {
    const layout = layOut(topology, this.#emulate);
    this.#zone = (this.#zone % 65_000) + 1;
    if (this.#layout && sameShape(this.#layout, layout)) await this.#adjust(layout);
    else await this.#rebuild(topology, layout);
    await this.#impairAll(topology);
  }

  /** Where the role's browser is to run. */
  placeOf(role: string): BrowserPlace {
    const { namespace, addresses } = this.#peer(role);
    const { generation } = this;
    return placeIn({
      name: `lab-${generation}-${role}`,
      enter: this.enter(namespace),
      station: async () => {
        if (generation !== this.generation) throw gone(`${role}'s place`);
        return this.stationIn(namespace);
      },
      ipv6Only: addresses.ipv4 === undefined,
      gone: this.#gone.signal,
    });
  }

  /** Words in front of a command that make it run in one of the lab's namespaces. */
  enter(namespace: string): readonly string[] {
    return this.#keeper.enter(namespace);
  }

  /** Runs a shell script in one of the lab's namespaces and gives what it prints. @throws NetworkError when it fails */
  run(script: string, namespace: string): Promise<string> {
    return this.#keeper.run(script, { namespace, what: `a script in ${namespace}` });
  }

  /** The station in a namespace, opened when it is asked for first; it ends with its namespace. */
  stationIn(namespace: string): Promise<Station> {
    if (namespace === WAN.namespace) return Promise.resolve(this.wan.station);
    return this.#stations.in(namespace);
  }

  stationOf(role: string): Promise<Station> {
    return this.stationIn(this.#peer(role).namespace);
  }

  /** Where the peer is now. */
  addressesOf(role: string): Addresses {
    const peer = this.#peer(role);
    return this.#addressesAt(peer, this.#moved.get(role) ?? peer.host);
  }

  /** A link's ends, to probe it, and whether it can be impaired. */
  link(id: LinkId): LaidLink {
    const link = this.#built().links.find((each) => each.id === id);
    if (!link) throw new NetworkError(`the lab has no link ${id}`, { code: 'LAB_TOPOLOGY' });
    return link;
  }

  links(): readonly LaidLink[] {
    return this.#built().links;
  }

  /** Impairs one direction of a link from now on. @throws NetworkError when the link was not laid for that */
  async setLink(id: LinkId, direction: Direction, impairment: Impairment): Promise<void> {
    const { cable, emulated } = this.link(id);
    if (!emulated || !this.#emulator) {
      throw new NetworkError(`the lab's link ${id} cannot be impaired: it was laid as a plain cable`, {
        code: 'LAB_LINK_PLAIN',
        hint: 'install wirefilter (package vde2), or use a kernel with netem; `callrig doctor` says which there is',
      });
    }
    await this.#emulator.set(cable, direction === 'uplink' ? 'a-to-b' : 'b-to-a', impairment);
  }

  /** Another firewall for a site; flows it forbids are cut. */
  async setFirewall(site: string, firewall: FirewallName): Promise<void> {
    const router = this.#built().routers.find((each) => each.site === site);
    if (!router) throw new NetworkError(`the lab has no site ${site}`, { code: 'LAB_TOPOLOGY' });
    const script = firewallScript({ ...router, firewall });
    await this.#keeper.run(script, { namespace: router.namespace, what: `the firewall of ${site}` });
  }

  /** Gives the peer other addresses at its site and takes its old ones away; gives the new ones. */
  async move(role: string): Promise<Addresses> {
    const peer = this.#peer(role);
    const neighbours = this.#built().peers.filter(({ site }) => site === peer.site);
    const host = freeHost(neighbours.flatMap((each) => [each.host, this.#moved.get(each.role)]));
    const next = this.#addressesAt(peer, host);
    await this.#moveTo(peer, host);
    return next;
  }

  /**
   * Captures what passes between the sites and their internet, or only one site's, until it is closed.
   *
   * @throws NetworkError when dumpcap is not here
   */
  capture({ file, site, snapBytes }: { file: string; site?: string; snapBytes?: number }): Promise<Capture> {
    const { signal } = this.#options;
    const plug = site === undefined ? WAN.bridge : this.link(`site:${site}`).cable.b.interface;
    return captureAt(this.wan, {
      file,
      interface: plug,
      ...(snapBytes !== undefined && { snapBytes }),
      ...(signal && { signal }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leave();
    await this.#stack[Symbol.asyncDispose]();
  }

  async #adjust(layout: LabLayout): Promise<void> {
    await this.#keeper.run(rulesScript(layout, this.#zone), { what: "the lab's NATs and firewalls" });
    for (const role of this.#moved.keys()) {
      const peer = this.#peer(role);
      await this.#moveTo(peer, peer.host);
    }
    this.#moved.clear();
    this.#layout = layout;
  }

  async #moveTo(peer: LaidPeer, host: number): Promise<void> {
    const script = moveScript(
      { ...peer, addresses: this.addressesOf(peer.role) },
      this.#addressesAt(peer, host),
    );
    await this.#keeper.run(script, { namespace: peer.namespace, what: `the move of ${peer.role}` });
    this.#moved.set(peer.role, host);
  }

  #addressesAt({ number, addresses }: LaidPeer, host: number): Addresses {
    return only(
      insideOf(number, host),
      (['ipv4', 'ipv6'] as const).filter((ip) => addresses[ip] !== undefined),
    );
  }

  async #rebuild(topology: Topology, wanted: LabLayout): Promise<void> {
    const keeper = this.#keeper;
    const old = this.#layout;
    await this.#leave();
    this.#layout = undefined;
    if (old) await keeper.run(removeScript(old), { what: 'the end of a lab network' });
    const layout = (await this.#openEmulator(wanted)) ? wanted : this.#withoutEmulator(topology);
    this.generation += 1;
    // From here on there is something to remove, whatever becomes of the rest.
    this.#layout = layout;
    const emulated = layout.links.filter((link) => link.emulated).map(({ cable }) => cable);
    const plain = layout.links.filter((link) => !link.emulated).map(({ cable }) => cable);
    const cables = cablesScript([...plain, ...layout.middles]);
    await keeper.run(namespacesScript(layout) + cables, { what: "the lab's namespaces" });
    const stations = Promise.all(layout.peers.map(({ namespace }) => this.stationIn(namespace)));
    stations.catch(() => {});
    await this.#emulator?.lay(emulated);
    await keeper.run(settingsScript(layout, this.#zone), { what: "the lab's addresses and rules" });
    await stations;
    await this.#options.onBuilt?.();
  }

  /** Whether the layout's links can be laid as it wants them. */
  async #openEmulator({ links }: LabLayout): Promise<boolean> {
    const { openEmulator, folder, seed = 1 } = this.#options;
    if (!links.some(({ emulated }) => emulated)) return true;
    this.#emulator = await openEmulator?.({ keeper: this.#keeper, folder, seed });
    return this.#emulator !== undefined;
  }

  /** Plain cables everywhere. @throws NetworkError when the topology impairs any */
  #withoutEmulator(topology: Topology): LabLayout {
    this.#emulate = 'configured';
    const layout = layOut(topology, this.#emulate);
    if (layout.links.some(({ emulated }) => emulated)) throw noEmulator(layout);
    return layout;
  }

  async #impairAll({ sites, peers }: Topology): Promise<void> {
    const links = [
      ...sites.map(({ name, link }) => ({ id: `site:${name}` as const, link })),
      ...peers.map(({ role, link }) => ({ id: `peer:${role}` as const, link })),
    ].filter(({ id }) => this.link(id).emulated);
    await Promise.all(
      links.flatMap(({ id, link }) => [
        this.setLink(id, 'uplink', link.uplink),
        this.setLink(id, 'downlink', link.downlink),
      ]),
    );
  }

  /** Closes what was opened for the sites and peers there are. */
  async #leave(): Promise<void> {
    const emulator = this.#emulator;
    this.#gone.abort();
    this.#gone = new AbortController();
    this.#moved.clear();
    this.#emulator = undefined;
    await Promise.all([this.#stations.close(), emulator?.[Symbol.asyncDispose]()]);
  }

  #built(): LabLayout {
    if (!this.#layout) throw gone('a topology');
    return this.#layout;
  }

  #peer(role: string): LaidPeer {
    const peer = this.#built().peers.find((each) => each.role === role);
    if (!peer) throw new NetworkError(`the lab has no peer ${role}`, { code: 'LAB_TOPOLOGY' });
    return peer;
  }
}
