import { describe, expect, test } from 'vitest';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import { TemporaryFolder } from '../../harness/lifecycle/temporary-folder.ts';
import { LabNetwork } from '../../harness/network/lab-network.ts';
import { labReadiness } from '../../harness/network/lab-readiness.ts';
import { ControlServer } from '../../harness/peer/control-server.ts';
import type { Peer } from '../../harness/peer/peer.ts';
import type { PlannedCell } from '../../harness/plan/plan.ts';
import { createRunStore } from '../../harness/store/run-store.ts';
import type { RunEvent } from '../../harness/store/layout.ts';
import type { NetworkSpec } from '../../harness/topology/spec.ts';
import { labTest, noLab, topologyOf } from '../helpers/lab.ts';
import { commandLine, descendants, goneWithin } from '../helpers/processes.ts';
import { aPlan, temporaryFolder } from '../store/a-run.ts';

const CALLER = { role: 'caller' } as Peer;
const HOMES = { caller: { nat: 'port-restricted' }, callee: { nat: 'port-restricted' } } as const;
const { backend } = labReadiness(process.env);
const impairTest = test.skipIf(noLab !== undefined || backend === undefined);
const { signal } = new AbortController();

interface Opened extends AsyncDisposable {
  network: LabNetwork;
  /** What was done to signaling rooms. */
  rooms: string[];
  /** What the network told of. */
  events: RunEvent[];
}

async function openNetwork({ pcap = false } = {}): Promise<Opened> {
  await using stack = new AsyncStack();
  const folder = stack.use(await temporaryFolder());
  const store = stack.use(await createRunStore({ root: folder.path, runId: 'r1' }));
  const temporary = stack.use(TemporaryFolder.open());
  const server = stack.use(await ControlServer.open({ host: '127.0.0.1' }));
  const rooms: string[] = [];
  const events: RunEvent[] = [];
  const base = aPlan();
  const plan = {
    ...base,
    options: { ...base.options, pcap },
    network: { level: 'lab' as const, levels: ['lab' as const], ...(backend && { backend }) },
  };
  const network = stack.use(
    new LabNetwork({
      plan,
      iceServers: [],
      server,
      rooms: {
        cut: (room) => void rooms.push(`cut ${room}`),
        restore: (room) => void rooms.push(`restore ${room}`),
        restart: (room) => void rooms.push(`restart ${room}`),
        fault: ({ room, fault }) => void rooms.push(`${fault} ${room}`),
        faultHits: () => 0,
        clearFaults: (room) => void rooms.push(`clear ${room}`),
      },
      temporary,
      certificate: undefined,
      store,
      emit: (event) => void events.push(event),
      signalingPath: '/signaling',
    }),
  );
  const owned = stack.move();
  return { network, rooms, events, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
}

function openCall({ network }: Opened, call: string, spec: NetworkSpec = HOMES) {
  const cell: PlannedCell = {
    id: 'chrome:chrome',
    assignment: { caller: 'chrome', callee: 'chrome' },
    topology: topologyOf(spec),
    ice: { servers: [], policy: 'all', credentials: 'valid' },
  };
  return network.openCall({ call, cell, signal });
}

const keepers = () =>
  descendants(process.pid).filter((pid) => /^unshare .*--kill-child/.test(commandLine(pid)));

const dumpcaps = () => descendants(process.pid).filter((pid) => /dumpcap -q/.test(commandLine(pid)));

describe('LabNetwork', () => {
  labTest('openCall() warns at its end if the capture ended before, and only then', async () => {
    await using opened = await openNetwork({ pcap: true });
    {
      await using _whole = await openCall(opened, '001');
    }
    expect(opened.events).toEqual([]);
    {
      await using _cut = await openCall(opened, '002');
      const pids = dumpcaps();
      expect(pids).not.toEqual([]);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      expect(await goneWithin(pids, 5000)).toEqual([]);
    }
    expect(opened.events).toMatchObject([
      {
        type: 'warning',
        message: expect.stringMatching(/^calls\/002\/.* ends before the call: dumpcap ended/) as string,
      },
    ]);
  });

  labTest('openCall() waits until the call before has ended: there is one network', async () => {
    await using opened = await openNetwork();
    const first = await openCall(opened, '001');
    const order: string[] = [];
    const second = openCall(opened, '002').then((call) => {
      order.push('002 opened');
      return call;
    });
    // Signaling of the first is restored by its end, and before the second begins.
    await first[Symbol.asyncDispose]();
    order.push(...opened.rooms);
    await using _second = await second;
    expect(order).toEqual(['clear 001', 'restore 001', '002 opened']);
    expect(keepers()).toHaveLength(1);
  });

  labTest('openCall() makes a new lab if the one there was has died', async () => {
    await using opened = await openNetwork();
    const first = await openCall(opened, '001');
    const place = first.placeOf('caller')!;
    expect(first.lost()).toBeUndefined();
    const before = descendants(process.pid);
    const [keeper] = keepers();
    const gone = new Promise((resolve) => place.gone.addEventListener('abort', resolve));
    process.kill(keeper!, 'SIGKILL');
    await gone;
    expect(first.lost()).toMatchObject({
      code: 'LAB_DIED',
      message: expect.stringContaining(`pid ${keeper}, killed by SIGKILL`),
    });
    await first[Symbol.asyncDispose]();
    await using second = await openCall(opened, '002');
    expect(second.lost()).toBeUndefined();
    expect(second.record().links.every(({ problem }) => problem === undefined)).toBe(true);
    expect(keepers()).toHaveLength(1);
    expect(
      await goneWithin(
        before.filter((pid) => /station-main|wirefilter|vde/.test(commandLine(pid))),
        0,
      ),
    ).toEqual([]);
    const { server } = await second.placeOf('caller')!.listen();
    server.close();
  });

  impairTest(
    'NetworkControl.set() and reset() change the line, are recorded, and are seen in effect',
    async () => {
      await using opened = await openNetwork();
      await using call = await openCall(opened, '001');
      await call.network.set(CALLER, { uplink: { delay: '40ms' } });
      await call.network.reset(CALLER);
      const { changes } = call.record();
      expect(changes).toMatchObject([
        { role: 'caller', what: expect.stringContaining('delay 40 ms') },
        { role: 'caller' },
      ]);
      expect(changes.map(({ problem }) => problem)).toEqual([undefined, undefined]);
      for (const { askedMs, effectiveMs } of changes) expect(effectiveMs).toBeGreaterThanOrEqual(askedMs);
    },
  );

  impairTest('the next call has the line, the firewall and the addresses of its own again', async () => {
    await using opened = await openNetwork();
    const first = await openCall(opened, '001');
    await first.network.set(CALLER, { uplink: { delay: '40ms' }, downlink: { delay: '40ms' } });
    await first.network.firewall(CALLER, 'udp-blocked');
    await first.network.move(CALLER);
    expect(first.record().changes.map(({ what }) => what)).toMatchObject([
      expect.stringContaining('delay'),
      'firewall udp-blocked',
      expect.stringContaining('moved'),
    ]);
    await first[Symbol.asyncDispose]();
    await using second = await openCall(opened, '002');
    const { links, changes } = second.record();
    expect(changes).toEqual([]);
    expect(links.length).toBeGreaterThan(0);
    for (const { measured, problem } of links) {
      expect(problem).toBeUndefined();
      expect(measured.delayMs).toBeLessThan(20);
    }
  });

  impairTest(
    'NetworkControl.set() throws a TypeError with everything wrong, and changes nothing',
    async () => {
      await using opened = await openNetwork();
      await using call = await openCall(opened, '001');
      const spec = { uplink: { rate: '0bps', loss: '120%' }, downlink: { delay: '5' } };
      const error: unknown = await call.network.set(CALLER, spec as never).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TypeError);
      expect((error as TypeError).message.split('\n')).toHaveLength(3);
      expect(call.record().changes).toEqual([]);
    },
  );
});
