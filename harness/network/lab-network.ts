import type { LinkMeasurement, Topology } from '../topology/topology.ts';
import type { NetworkRecord } from '../call-record.ts';
import { NetworkError } from '../errors.ts';
import { AsyncStack } from '../lifecycle/async-stack.ts';
import { harnessNow } from '../peer/clock.ts';
import type { BrowserPlace } from '../peer/host.ts';
import type { PlannedCell } from '../plan/plan.ts';
import { LAYOUT } from '../store/layout.ts';
import type { TurnServerOptions } from '../turn/turn-server.ts';
import { ChangeLog } from './change-log.ts';
import { commonControls } from './common-controls.ts';
import { GivenIceSupply } from './given-ice-supply.ts';
import type { IceSupply } from './ice-supply.ts';
import { chooseEmulator } from './impairment/choose-emulator.ts';
import { WAN_NAMES } from './lab/addresses.ts';
import { Lab } from './lab/lab.ts';
import { LabControl } from './lab-control.ts';
import { LabLinks } from './lab-links.ts';
import { turnBasics, type OpenNetworkOptions } from './open-network.ts';
import { OwnIceSupply } from './own-ice-supply.ts';
import type { CallNetwork, OpenCallOptions, RunNetwork } from './run-network.ts';

export type LabNetworkOptions = OpenNetworkOptions & { signalingPath: string };

/** What everything in the lab hangs on, opened by the first call. */
interface Opened {
  lab: Lab;
  links: LabLinks;
  supply: IceSupply;
  backend: string | undefined;
  stack: AsyncStack;
}

/**
 * The network of a run in namespaces of its own: one lab, made into what each call wants; one call at a time. A lab that
 * died under a call is replaced by the next.
 *
 * Signaling crosses the lab's internet as media does; pages and automation cross nothing.
 */
export class LabNetwork implements RunNetwork, AsyncDisposable {
  #options: LabNetworkOptions;
  #opening: Promise<Opened> | undefined;
  /** Calls wait for each other: there is one network. */
  #free: Promise<void> = Promise.resolve();

  constructor(options: LabNetworkOptions) {
    this.#options = options;
  }

  async prepare(
    cells: readonly PlannedCell[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, BrowserPlace>> {
    const [first] = cells;
    if (!first?.topology) return new Map();
    const { lab } = await this.#opened(signal);
    await lab.apply(first.topology);
    return new Map(first.topology.peers.map(({ role }) => [role, lab.placeOf(role)]));
  }

  async openCall({ call, cell, signal }: OpenCallOptions): Promise<CallNetwork> {
    const { topology, ice } = cell;
    if (!topology || !ice) {
      throw new NetworkError(`${cell.id} has no network for the lab`, { code: 'LAB_TOPOLOGY' });
    }
    await using stack = new AsyncStack();
    await this.#take(stack);
    const { lab, links, supply, backend } = await this.#opened(signal);
    await lab.apply(topology);
    const [measured] = await Promise.all([links.measureAll(topology), supply.ready(ice, signal)]);
    const captures = await this.#capture(lab, call, stack);
    const log = new ChangeLog();
    const control = new LabControl({ lab, links, topology, log });
    const { rooms } = this.#options;
    const { turn, signaling, begin, undo } = commonControls({
      call,
      supply,
      rooms,
      log,
      faults: cell.faults,
    });
    stack.defer(undo);
    await begin();
    const held = stack.move();
    const client = (role: string) => ({ call, role, ip: ipOf(topology, role) });
    return {
      placeOf: (role) => lab.placeOf(role),
      signalingUrl: this.#signalingUrl(),
      rtcOf: (role) => supply.configure(ice, client(role)),
      onPage: () => Promise.resolve(),
      network: control,
      turn,
      signaling,
      lost: () => labDeath(lab) ?? (ice.servers.length > 0 ? supply.death() : undefined),
      record: () => recordOf({ topology, ice, measured, backend, captures, log, supply, client }),
      [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    this.#opening = undefined;
    await opened?.stack[Symbol.asyncDispose]();
  }

  async #take(stack: AsyncStack): Promise<void> {
    const before = this.#free;
    this.#free = new Promise((free) => stack.defer(free));
    await before;
  }

  async #opened(signal: AbortSignal): Promise<Opened> {
    const known = await this.#opening;
    if (known && labDeath(known.lab) === undefined) return known;
    // What is left of a dead lab cannot be closed in an orderly way.
    await known?.stack[Symbol.asyncDispose]().catch(() => {});
    const opening = this.#open(signal);
    this.#opening = opening;
    // What failed once is tried again by the next call.
    opening.catch(() => (this.#opening = undefined));
    return opening;
  }

  async #open(signal: AbortSignal): Promise<Opened> {
    const { plan, iceServers, server, temporary } = this.#options;
    await using stack = new AsyncStack();
    const backend = plan.network?.backend;
    const opened: { links?: LabLinks } = {};
    const lab = stack.use(
      await Lab.open({
        folder: temporary.create('lab'),
        ...(backend && { openEmulator: chooseEmulator }),
        emulate: 'all',
        seed: plan.options.seed,
        signal,
        onBuilt: async () => await opened.links?.attach(),
      }),
    );
    const links = stack.use(new LabLinks(lab));
    opened.links = links;
    for (const listener of await lab.wan.signaling.listen()) {
      stack.defer(() => void listener.close());
      server.attach({ server: listener, port: 443 });
    }
    const supply = stack.use(
      iceServers.length > 0 ? new GivenIceSupply(iceServers) : new OwnIceSupply(() => this.#turn(lab)),
    );
    return { lab, links, supply, backend, stack: stack.move() };
  }

  #turn(lab: Lab): TurnServerOptions {
    return {
      ...turnBasics(this.#options),
      enter: lab.wan.enter,
      ips: lab.wan.turnIps,
      ports: { port: 3478, tlsPort: 443 },
      tlsName: WAN_NAMES.turn,
      allowLoopback: false,
    };
  }

  #signalingUrl(): string {
    const { plan, signalingPath } = this.#options;
    return `${plan.options.tls ? 'wss' : 'ws'}://${WAN_NAMES.signaling}:443${signalingPath}`;
  }

  async #capture(lab: Lab, call: string, stack: AsyncStack): Promise<string[]> {
    const { plan, store, emit } = this.#options;
    if (!plan.options.pcap) return [];
    const name = LAYOUT.capture(call);
    const capture = stack.use(await lab.capture({ file: await store.fileFor(name) }));
    stack.defer(() => {
      if (capture.death === undefined) return;
      const message = `${name} ends before the call: dumpcap ended (${capture.death})`;
      emit({ t: harnessNow(), type: 'warning', message });
    });
    return [name];
  }
}

function recordOf({
  topology,
  ice,
  measured,
  backend,
  captures,
  log,
  supply,
  client,
}: {
  topology: Topology;
  ice: NetworkRecord['ice'];
  measured: LinkMeasurement[];
  backend: string | undefined;
  captures: string[];
  log: ChangeLog;
  supply: IceSupply;
  client: (role: string) => { call: string; role: string };
}): NetworkRecord {
  const clients = topology.peers.map(({ role }) => client(role));
  return {
    level: 'lab',
    ...(backend !== undefined && { backend }),
    topology,
    ice,
    links: measured,
    changes: log.changes,
    allocations: clients.flatMap((each) => supply.allocations(each)),
    refusals: clients.flatMap((each) => supply.refusals(each)),
    captures,
  };
}

function labDeath({ death }: Lab): NetworkError | undefined {
  return death === undefined ? undefined : new NetworkError(death, { code: 'LAB_DIED' });
}

function ipOf({ sites, peers }: Topology, role: string) {
  const site = peers.find((peer) => peer.role === role)?.site;
  return sites.find(({ name }) => name === site)?.ip;
}
