import { randomBytes } from 'node:crypto';
import { AsyncStack } from '../lifecycle/async-stack.ts';
import { Follower } from '../lifecycle/follow.ts';
import { BrowserError, NetworkError, toError } from '../errors.ts';
import { harnessNow } from '../peer/clock.ts';
import type { BrowserDeath, PeerHost } from '../peer/host.ts';
import type { JoinArg } from '../peer/protocol.ts';
import { extensionOf } from '../peer/recording.ts';
import { RemotePeer } from '../peer/remote-peer.ts';
import type { CallNetwork, RunNetwork } from '../network/run-network.ts';
import { MEDIA_PROFILES } from '../media/profiles.ts';
import type { Plan, PlannedCall, PlannedCell } from '../plan/plan.ts';
import { signalingOf, spokenBy } from '../plan/signaling.ts';
import { statsDetailOf } from '../plan/stats-detail.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { LAYOUT, type RunEvent } from '../store/layout.ts';
import type { RunStore } from '../store/run-store.ts';
import type {
  CallRecord,
  ConsoleEntry,
  Fault,
  HostSample,
  PeerRecord,
  ProcessSample,
} from '../call-record.ts';
import type { Capabilities } from './capabilities.ts';
import type { CallCollector, Collector } from '../collector/collector.ts';
import type { Background } from './load/run-loads.ts';
import { toFault } from './fault.ts';
import { HostSampler } from './host-sampler.ts';
import { paramsOf } from './run-hooks.ts';
import { foreignSignaling } from './signaling-control.ts';
import { recordScript, type RecordedScript } from './script-context.ts';

export interface RunCallOptions {
  plan: Plan;
  call: PlannedCall;
  cell: PlannedCell;
  scenario: Scenario;
  /** What the scenario's `setup` returned. */
  data: unknown;
  host: PeerHost;
  network: RunNetwork;
  capabilities: Capabilities;
  signalingToken: string;
  store: RunStore;
  emit: (event: RunEvent) => void;
  signal: AbortSignal;
  /** Aborted with an `Interruption` when the call's load lets it go on no longer. */
  interruption?: AbortSignal;
  /** Set on a call of a load in the background. */
  background?: Background;
  /** Takes the peers' stats of a run with many. Absent: they go to the store as they come. */
  collector?: Collector;
  /** The calls that run at the same time, this one among them while it lasts. Default: no others. */
  underWay?: Set<string>;
}

/** One call: its peers, its script, and everything that was seen. A peer that fails is a fault in the record, not an error. */
export async function runCall(given: RunCallOptions): Promise<CallRecord> {
  using end = endOf(given);
  const collected = given.collector?.openCall(given.call.id, given.call.cell);
  const options: CallOptions = { ...given, signal: end.signal, collected };
  const { call, cell, network, signal, underWay = new Set() } = options;
  const startMs = harnessNow();
  const peers: RemotePeer[] = [];
  const meter = new CallMeter(peers, () => underWay.size);
  let own: CallNetwork | undefined;
  let script: RecordedScript | undefined;
  let thrown: unknown;
  let records: Record<string, PeerRecord> = {};
  await using stack = new AsyncStack();
  underWay.add(call.id);
  stack.defer(() => void underWay.delete(call.id));
  // A store that fails aborts the run by itself.
  stack.defer(() => collected?.end().catch(() => {}));
  try {
    if (cell.unsupported !== undefined) throw unsupported(cell.unsupported);
    own = stack.use(await network.openCall({ call: call.id, cell, signal }));
    await openPeers(options, own, peers, stack);
    if (cell.needs) await options.capabilities.require(peers, cell.needs);
    meter.start();
    script = recordCall(options, own, peers);
    if (collected) collected.steps = script.steps;
    await playScript(options, script);
  } catch (error) {
    thrown = error;
  }
  meter.stop();
  records = await recordPeers(peers, meter);
  const fault = signal.aborted ? undefined : await faultOf({ thrown, peers, own, records });
  return {
    schemaVersion: 1,
    id: call.id,
    cell: call.cell,
    assignment: cell.assignment,
    ...(cell.variant && { variant: cell.variant }),
    vu: call.vu,
    iteration: call.iteration,
    ...loadOf(options),
    startMs,
    endMs: harnessNow(),
    steps: script?.steps ?? [],
    checks: script?.checks ?? [],
    peers: records,
    host: meter.host,
    ...(own && { network: own.record() }),
    ...(script && script.measures.length > 0 && { measures: script.measures }),
    ...(fault && { fault }),
    ...whyEnded(given),
  };
}

/** When the call must end: the run is stopped, or its load lets it go on no longer. */
function endOf({ signal, interruption }: RunCallOptions): Follower {
  return new Follower(interruption ? [signal, interruption] : [signal]);
}

function whyEnded({ signal, interruption }: RunCallOptions): Pick<CallRecord, 'aborted' | 'interrupted'> {
  if (signal.aborted) return { aborted: toError(signal.reason).message };
  return interruption?.aborted ? { interrupted: toError(interruption.reason).message } : {};
}

function loadOf({ plan, call }: RunCallOptions): Pick<CallRecord, 'load'> {
  const load = plan.load?.find(({ name }) => name === call.load);
  return load ? { load: { name: load.name, tags: load.tags } } : {};
}

function unsupported(why: string): NetworkError {
  return new NetworkError(why, { code: 'UNSUPPORTED', details: { phase: 'network' } });
}

/** With what takes the call's stats, if that is not the store itself. */
type CallOptions = RunCallOptions & { collected: CallCollector | undefined };

/** All at once; when one cannot be opened, those that were are closed with the call. */
async function openPeers(
  options: CallOptions,
  network: CallNetwork,
  peers: RemotePeer[],
  stack: AsyncStack,
): Promise<void> {
  const opened = await Promise.allSettled(
    rolesIn(options).map(async ({ role, browser }) => {
      const peer = await openPeer(options, network, role, browser);
      stack.defer(() => peer.page.close());
      return peer;
    }),
  );
  for (const result of opened) if (result.status === 'fulfilled') peers.push(result.value);
  for (const result of opened) if (result.status === 'rejected') throw result.reason;
}

/** Those that take part, in role order. */
function rolesIn({ plan, cell }: RunCallOptions): { role: string; browser: string }[] {
  return plan.scenario.roles.flatMap((role) => {
    const browser = cell.assignment[role];
    return browser === undefined ? [] : [{ role, browser }];
  });
}

async function openPeer(
  options: CallOptions,
  network: CallNetwork,
  role: string,
  browser: string,
): Promise<RemotePeer> {
  const { plan, call, host, store, signal, collected } = options;
  const early: ConsoleEntry[] = [];
  let keep = (entry: ConsoleEntry): void => {
    early.push(entry);
  };
  const onConsole = (entry: ConsoleEntry) => {
    void store.appendConsole(call.id, role, entry).catch(() => {});
    keep(entry);
  };
  const openPage = async () => {
    const place = network.placeOf(role);
    const page = await host.openPage({ role, call: call.id, browser, place, onConsole, signal });
    await network.onPage(role, page).catch(async (error: unknown) => {
      await page.close();
      throw error;
    });
    return page;
  };
  const page = await openPage();
  const { statsIntervalMs, callTimeoutMs } = plan.options;
  const profile = MEDIA_PROFILES[plan.media ?? 'real'];
  const collect = collected?.peer(role, () => peer.page.channel.clock.estimate);
  const peer: RemotePeer = new RemotePeer({
    role,
    page,
    openPage,
    recordingFile: recordingFiles(store, call.id, role),
    join: {
      signaling: signalingFor(options, network, role),
      owner: randomBytes(18).toString('base64url'),
      statsIntervalMs,
      statsDetail: statsDetailOf(plan),
      ...(profile.replays && { replays: true as const }),
    },
    rtc: network.rtcOf(role),
    source: plan.options.source,
    profile,
    callTimeoutMs,
    signal,
    // A store that fails aborts the run by itself.
    onEvent: (event) => void store.appendCallEvent(call.id, event).catch(() => {}),
    onStats: collect ?? ((delta) => void store.appendStats(call.id, role, delta).catch(() => {})),
  });
  for (const entry of early) peer.onConsole(entry);
  keep = (entry) => peer.onConsole(entry);
  return peer;
}

/** A file for each recording of a peer: `caller-1.webm`. */
function recordingFiles(store: RunStore, call: string, role: string) {
  let made = 0;
  return async (mimeType: string) => {
    const name = LAYOUT.recording(call, `${role}-${++made}.${extensionOf(mimeType)}`);
    return { name, path: await store.fileFor(name) };
  };
}

/** Where a peer's signaling goes: the user's own server, if it is that, or the run's. */
function signalingFor(
  { plan, cell, call, signalingToken: token }: RunCallOptions,
  { signalingUrl }: CallNetwork,
  role: string,
): JoinArg['signaling'] {
  const transport = spokenBy(role, cell);
  const { signaling: given } = plan.options;
  const own = given?.adapter !== undefined && given.name === transport ? given : undefined;
  const options = own?.options && { options: own.options };
  return { transport, url: own?.url ?? signalingUrl, token, room: call.id, ...options };
}

function recordCall(
  { plan, call, cell, data, emit, signal, background }: RunCallOptions,
  { network, turn, ...own }: CallNetwork,
  peers: RemotePeer[],
): RecordedScript {
  const given = plan.options.signaling;
  const isForeign = given?.adapter !== undefined && signalingOf(cell) === given.name;
  const signaling = isForeign ? foreignSignaling(given.name) : own.signaling;
  return recordScript({
    peers,
    variant: cell.variant?.name ?? '',
    controls: { network, turn, signaling },
    params: paramsOf(plan),
    data: structuredClone(data),
    durationMs: plan.options.durationMs,
    ...(background && { background }),
    meetingTimeoutMs: plan.options.callTimeoutMs,
    signal,
    onStep: (step) => emit({ t: harnessNow(), type: 'step-started', call: call.id, step }),
    onCheck: ({ name, role, passed }) =>
      emit({
        t: harnessNow(),
        type: 'check',
        call: call.id,
        name,
        ...(role !== undefined && { role }),
        ...(passed !== undefined && { passed }),
      }),
  });
}

async function playScript({ scenario, signal }: RunCallOptions, { context }: RecordedScript): Promise<void> {
  signal.throwIfAborted();
  await scenario.script(context);
  signal.throwIfAborted();
}

async function recordPeers(peers: RemotePeer[], meter: CallMeter): Promise<Record<string, PeerRecord>> {
  const records = peers.map(async (peer) => {
    const record = await peer.record();
    return [peer.role, { ...record, process: meter.processes.get(peer.role) ?? [] }] as const;
  });
  return Object.fromEntries(await Promise.all(records));
}

/** A network that broke by itself breaks the call, also one whose script saw only checks fail. */
async function faultOf({
  thrown,
  peers,
  own,
  records,
}: {
  thrown: unknown;
  peers: RemotePeer[];
  own: CallNetwork | undefined;
  records: Record<string, PeerRecord>;
}): Promise<Fault | undefined> {
  const death = thrown === undefined ? undefined : await firstDeath(peers);
  // Asked last: what took the browsers along is known by now.
  const cause = own?.lost() ?? death ?? thrown;
  return cause === undefined ? undefined : toFault(cause, Object.values(records));
}

/** A page that vanished may have lost its whole browser: then that is what happened. */
async function firstDeath(peers: RemotePeer[]): Promise<BrowserError | undefined> {
  const gone = peers.filter(({ page }) => page.channel.lost);
  for (const { role, browser, page } of gone) {
    const death = await page.death();
    if (!death) continue;
    return new BrowserError(`${role}'s browser ${browser} ${describeDeath(death)}`, {
      code: 'BROWSER_DIED',
      details: { phase: 'agent', role, browser, ...death },
    });
  }
  return undefined;
}

function describeDeath({ pid, why, exitCode, signal, stderr }: BrowserDeath): string {
  if (why !== undefined) return `was lost: ${why}`;
  const how = signal ? `killed by ${signal}` : `exit code ${exitCode}`;
  const last = stderr.at(-1);
  return `died (pid ${pid}, ${how})${last ? `; last words: ${last}` : ''}`;
}

/** How often the machine and the browsers' processes are measured. */
const METER_MS = 1000;

/** Measures the machine and the peers' processes while a call runs. */
class CallMeter {
  readonly host: HostSample[] = [];
  readonly processes = new Map<string, ProcessSample[]>();
  #peers: RemotePeer[];
  #timer: NodeJS.Timeout | undefined;
  #sampler: HostSampler;

  constructor(peers: RemotePeer[], calls: () => number) {
    this.#peers = peers;
    this.#sampler = new HostSampler({ calls });
  }

  start(): void {
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), METER_MS);
  }

  stop(): void {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#sample();
  }

  #sample(): void {
    this.host.push(this.#sampler.sample());
    for (const peer of this.#peers) {
      const measured = peer.page.measure();
      if (!measured) continue;
      const samples = this.processes.get(peer.role) ?? [];
      samples.push(measured);
      this.processes.set(peer.role, samples);
    }
  }
}
