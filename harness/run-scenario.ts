import { networkInterfaces } from 'node:os';
import { openSignalingStub, type SignalingStubOptions } from '../signaling-stub/server.ts';
import { LocalHost } from './browser/local-host.ts';
import { type BrowserListeners, RunningBrowsers } from './browser/running-browsers.ts';
import { Collector } from './collector/collector.ts';
import { tellMeasured } from './collector/tell-measured.ts';
import { toError } from './errors.ts';
import { runPlan, type RunPlanOptions } from './fleet/run-plan.ts';
import { openNetwork } from './network/open-network.ts';
import { openGridHost, type RunGrid } from './grid/open-grid-host.ts';
import { WAN, WAN_NAMES } from './network/lab/addresses.ts';
import { announceLoad } from './load/describe.ts';
import { HostMonitor } from './monitor/host-monitor.ts';
import { AsyncStack } from './lifecycle/async-stack.ts';
import { sweepLeftovers } from './lifecycle/leftovers.mjs';
import { TemporaryFolder } from './lifecycle/temporary-folder.ts';
import { harnessNow } from './peer/clock.ts';
import type { AdapterFile } from './peer/agent-page.ts';
import { BOTS_PER_PROCESS, BotHost } from './peer/bot/bot-host.ts';
import { ControlServer } from './peer/control-server.ts';
import { HostByName } from './peer/host-by-name.ts';
import { ManualHost } from './peer/manual-host.ts';
import type { Plan } from './plan/plan.ts';
import { runningFleet } from './plan/seating.ts';
import { builtInto } from './plan/signaling.ts';
import type { Scenario } from './scenario/scenario.ts';
import type { RunEvent } from './store/layout.ts';
import type { RunStore } from './store/run-store.ts';
import type { GivenIceServer } from './turn/given-servers.ts';
import { runCertificate, type RunCertificate } from './turn/run-certificate.ts';

export interface RunScenarioOptions {
  plan: Plan;
  scenario: Scenario;
  /** The user's own STUN and TURN servers; without any the run starts its own where a call needs them. */
  iceServers?: readonly GivenIceServer[];
  /** The user's own certificate for pages and signaling, if the run uses TLS; without one it makes its own. */
  certificate?: RunCertificate;
  /** The Grid of the plan, if it has one. */
  grid?: RunGrid;
  store: RunStore;
  /** Told of everything that happens, after it was written to the store. */
  onEvent?: (event: RunEvent) => void;
  /** Stops the run; what was measured until then is kept. */
  signal: AbortSignal;
  /** Knows the threshold that the run shall stop for. */
  gate?: RunPlanOptions['gate'];
  /** Browsers that outlive the run; without them it starts its own. They must run on this machine's own network. */
  browsers?: RunningBrowsers;
  /** Changes or drops signaling messages on their way, for controls that must fail. */
  intercept?: SignalingStubOptions['intercept'];
  /** How long a page may be silent before it counts as hung, ms. */
  silenceMs?: number;
}

/**
 * Everything with effects, put together: opens the run's server, signaling, browsers and peers, runs the plan, and
 * closes all of it, whatever happens. What was seen is in the store.
 *
 * @returns why the run was stopped from outside, if it was
 * @throws StoreError when nothing more can be written; NetworkError when the server cannot listen
 */
export async function runScenario(options: RunScenarioOptions): Promise<{ aborted?: string }> {
  const { plan, scenario, store, onEvent = () => {}, gate, intercept, silenceMs } = options;
  const signal = AbortSignal.any([options.signal, store.failure]);
  const emit = (event: RunEvent) => {
    // A store that fails aborts the run by itself.
    void store.appendEvent(event).catch(() => {});
    onEvent(event);
  };
  emit({
    t: harnessNow(),
    type: 'run-started',
    runId: plan.runId,
    folder: store.folder,
    cells: plan.cells.length,
    calls: plan.calls.length,
    ...(plan.load && { loads: plan.load.map(announceLoad) }),
  });
  try {
    await using stack = new AsyncStack();
    sweep(emit);
    const temporary = stack.use(TemporaryFolder.open());
    const { listen, port, publicUrl, tls, manualTimeoutMs } = plan.options;
    const { iceServers = [] } = options;
    const startsTurn = iceServers.length === 0 && plan.cells.some(({ ice }) => ice && ice.servers.length > 0);
    const makesOwn = startsTurn || (tls && !options.certificate);
    const certificate = makesOwn ? await certificateFor(listen) : undefined;
    const served = tls ? (options.certificate ?? certificate) : undefined;
    const server = stack.use(
      await ControlServer.open({
        host: listen,
        ...(port !== undefined && { port }),
        ...(served && { tls: served }),
        ...(silenceMs !== undefined && { silenceMs }),
        agent: { signaling: builtInto(plan), adapter: adapterOf(plan) },
      }),
    );
    emit({ t: harnessNow(), type: 'server-listening', url: server.origin });
    const stub = stack.use(
      await openSignalingStub({
        server: server.http,
        ...(intercept && { intercept }),
        faultSeed: plan.options.seed,
        onTrace: (entry) => {
          // The room is the call.
          if (entry.room) void store.appendSignaling(entry.room, entry).catch(() => {});
        },
      }),
    );
    const rooms = stub;
    const network = await openNetwork(
      { plan, iceServers, server, rooms, temporary, certificate, store, emit },
      stack,
    );
    const trustedSpki = [certificate, served].flatMap((each) => each?.spkiSha256 ?? []);
    const listeners: BrowserListeners = {
      emit,
      onOutput: (browser, line) => void store.appendBrowserLog(browser, `${line}\n`).catch(() => {}),
    };
    const browsers =
      options.browsers ??
      stack.use(
        new RunningBrowsers({
          browsers: plan.browsers,
          options: plan.options,
          fleet: runningFleet(plan),
          temporary,
          trustedSpki,
          listeners,
        }),
      );
    browsers.listeners = listeners;
    const grid = options.grid && openGridHost({ plan, grid: options.grid, server, trustedSpki, emit }, stack);
    const local = grid ?? new LocalHost({ browsers, server });
    const manual = new ManualHost({ server, listen, publicUrl, timeoutMs: manualTimeoutMs, emit });
    const bots = stack.use(
      new BotHost({
        bots: plan.bots ?? [],
        server,
        temporary,
        perProcess: plan.options.botsPerProcess ?? BOTS_PER_PROCESS,
        adapter: adapterOf(plan),
        onOutput: listeners.onOutput,
      }),
    );
    const host = new HostByName({ local, manual, bots });
    const signalingToken = stub.token;
    const collector = plan.load && new Collector(store);
    stack.defer(() => {
      if (collector) emit({ t: harnessNow(), type: 'stats-collected', ...collector.counts });
    });
    if (collector) stack.use(tellMeasured(collector, onEvent));
    if (plan.load) {
      stack.use(new HostMonitor({ onSample: (sample) => void store.appendHost(sample).catch(() => {}) }));
    }
    await runPlan({
      plan,
      scenario,
      host,
      network,
      signalingToken,
      store,
      emit,
      signal,
      gate,
      ...(collector && { collector }),
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  store.failure.throwIfAborted();
  const aborted = options.signal.aborted ? toError(options.signal.reason).message : undefined;
  if (aborted !== undefined) emit({ t: harnessNow(), type: 'run-aborted', signal: aborted });
  emit({ t: harnessNow(), type: 'run-ended' });
  return aborted === undefined ? {} : { aborted };
}

function adapterOf({ options: { signaling } }: Plan): AdapterFile | undefined {
  return signaling?.adapter === undefined ? undefined : { name: signaling.name, file: signaling.adapter };
}

function sweep(emit: (event: RunEvent) => void): void {
  for (const { folder, killed } of sweepLeftovers()) {
    const processes = killed.length > 0 ? ` and ended its processes ${killed.join(', ')}` : '';
    emit({
      t: harnessNow(),
      type: 'warning',
      message: `removed what a killed run left: ${folder}${processes}`,
    });
  }
}

/** For pages that are opened from other machines, and for TURN over TLS. */
function certificateFor(listen: string): Promise<RunCertificate> {
  const isEvery = listen === '0.0.0.0' || listen === '::';
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const ips = isEvery ? own.map(({ address }) => address) : [listen];
  const wan = [...Object.values(WAN.turn), ...Object.values(WAN.signaling)];
  return runCertificate({ names: Object.values(WAN_NAMES), ips: [...ips, ...wan] });
}
