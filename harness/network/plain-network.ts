import type { NetworkRecord } from '../call-record.ts';
import { NetworkError } from '../errors.ts';
import type { BrowserPlace, HostedPage } from '../peer/host.ts';
import type { Peer } from '../peer/peer.ts';
import type { NetworkControl } from '../scenario/controls.ts';
import type { NetworkLevel } from '../scenario/scenario.ts';
import { describeLink } from '../topology/describe.ts';
import { isImpaired, pathOf } from '../topology/path.ts';
import type { Link, Topology } from '../topology/topology.ts';
import { ChangeLog } from './change-log.ts';
import { commonControls, type SignalingRooms } from './common-controls.ts';
import type { IceSupply } from './ice-supply.ts';
import { linkChange } from './link-change.ts';
import type { CallNetwork, OpenCallOptions, RunNetwork } from './run-network.ts';

const NO_ICE = { servers: [], policy: 'all', credentials: 'valid' } as const satisfies NetworkRecord['ice'];

export interface PlainNetworkOptions {
  /** `shaped`: browsers impair their own pages. */
  level: Exclude<NetworkLevel, 'lab'>;
  /** A path of the run's own server. */
  signalingUrl: string;
  rooms: SignalingRooms;
  supply: IceSupply;
}

/** This machine's own network as it is; at level `shaped`, browsers that can impair their pages do. */
export class PlainNetwork implements RunNetwork {
  #options: PlainNetworkOptions;

  constructor(options: PlainNetworkOptions) {
    this.#options = options;
  }

  prepare(): Promise<ReadonlyMap<string, BrowserPlace>> {
    return Promise.resolve(new Map());
  }

  async openCall({ call, cell, signal }: OpenCallOptions): Promise<CallNetwork> {
    const { level, signalingUrl, supply, rooms } = this.#options;
    const ice = cell.ice ?? { ...NO_ICE, servers: [] };
    await supply.ready(ice, signal);
    const log = new ChangeLog();
    const { turn, signaling, begin, undo } = commonControls({
      call,
      supply,
      rooms,
      log,
      faults: cell.faults,
    });
    await begin();
    const roles = Object.keys(cell.assignment);
    const shaper = new Shaper(level, cell.topology, log);
    return {
      placeOf: () => undefined,
      signalingUrl,
      rtcOf: (role) => supply.configure(ice, { call, role }),
      onPage: (role, page) => shaper.add(role, page),
      network: shaper,
      turn,
      signaling,
      lost: () => (ice.servers.length > 0 ? supply.death() : undefined),
      record: () => ({
        level,
        ...(shaper.isUsed && { backend: 'devtools' }),
        ...(cell.topology && { topology: cell.topology }),
        ice,
        links: [],
        changes: log.changes,
        allocations: roles.flatMap((role) => supply.allocations({ call, role })),
        refusals: roles.flatMap((role) => supply.refusals({ call, role })),
        captures: [],
      }),
      [Symbol.asyncDispose]: async () => undo(),
    };
  }
}

/** Impairs pages by the browser's own means. What came of it shows only in the call's own statistics. */
class Shaper implements NetworkControl {
  readonly level: NetworkLevel;
  #topology: Topology | undefined;
  #log: ChangeLog;
  #pages = new Map<string, HostedPage>();
  #links = new Map<string, Link>();

  constructor(level: NetworkLevel, topology: Topology | undefined, log: ChangeLog) {
    this.level = level;
    this.#topology = topology;
    this.#log = log;
  }

  get isUsed(): boolean {
    return this.level === 'shaped' && this.#links.size > 0;
  }

  /** Before the page's connections exist: Chromium shapes only those that are made after it was told to. */
  async add(role: string, page: HostedPage): Promise<void> {
    if (this.level !== 'shaped') return;
    this.#pages.set(role, page);
    const link = this.#configured(role);
    if (page.impair) await page.impair(link);
    else if (isImpaired(link.uplink) || isImpaired(link.downlink)) throw this.#cannot('impair', page.browser);
    if (page.impair) this.#links.set(role, link);
  }

  async set({ role }: Peer, spec: Parameters<NetworkControl['set']>[1]): Promise<number> {
    const link = { ...(this.#links.get(role) ?? this.#configured(role)), ...linkChange(spec) };
    return this.#apply(role, link);
  }

  reset({ role }: Peer): Promise<number> {
    return this.#apply(role, this.#configured(role));
  }

  async firewall(): Promise<number> {
    throw this.#cannot('change firewalls');
  }

  async move(): Promise<number> {
    throw this.#cannot('move peers');
  }

  async #apply(role: string, link: Link): Promise<number> {
    const page = this.#pages.get(role);
    if (!page?.impair) throw this.#cannot('change links', page?.browser);
    const { impair } = page;
    return this.#log.record({ role, what: describeLink(link) }, async () => {
      await impair(link);
      this.#links.set(role, link);
    });
  }

  #configured(role: string): Link {
    return this.#topology ? pathOf(this.#topology, role) : { uplink: {}, downlink: {} };
  }

  #cannot(what: string, browser?: string): NetworkError {
    const who = browser === undefined ? `network level ${this.level}` : `${browser} at level ${this.level}`;
    return new NetworkError(`${who} cannot ${what}`, {
      code: 'NETWORK_FIXED',
      hint: 'use --network lab',
    });
  }
}
