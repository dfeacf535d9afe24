import { describe, expect, test } from 'vitest';
import { NetworkError } from '../../harness/errors.ts';
import type { IceSupply } from '../../harness/network/ice-supply.ts';
import { GivenIceSupply } from '../../harness/network/given-ice-supply.ts';
import { OwnIceSupply } from '../../harness/network/own-ice-supply.ts';
import { PlainNetwork } from '../../harness/network/plain-network.ts';
import type { CallNetwork } from '../../harness/network/run-network.ts';
import type { HostedPage } from '../../harness/peer/host.ts';
import type { Peer } from '../../harness/peer/peer.ts';
import type { PlannedCell } from '../../harness/plan/plan.ts';
import type { Link } from '../../harness/topology/topology.ts';
import { parseNetwork } from '../../harness/topology/parse.ts';

const CALLER = { role: 'caller' } as Peer;
const DELAYED = parseNetwork(
  { caller: { link: { uplink: { delay: '50ms' } } }, callee: {} },
  { roles: ['caller', 'callee'], path: 'network' },
  [],
)!;
const signal = new AbortController().signal;

const noServer = () =>
  new OwnIceSupply(() => {
    throw new Error('nobody needs a server here');
  });

interface Asked {
  level: 'loopback' | 'shaped';
  cell?: Partial<PlannedCell>;
  supply?: IceSupply;
  /** What was done to signaling rooms. */
  rooms?: string[];
}

function openCall({ level, cell, supply = noServer(), rooms = [] }: Asked): Promise<CallNetwork> {
  const network = new PlainNetwork({
    level,
    signalingUrl: '/signaling',
    rooms: {
      cut: (room) => void rooms.push(`cut ${room}`),
      restore: (room) => void rooms.push(`restore ${room}`),
      restart: (room) => void rooms.push(`restart ${room}`),
      fault: ({ room, fault }) => void rooms.push(`${fault} ${room}`),
      faultHits: () => 0,
      clearFaults: (room) => void rooms.push(`clear ${room}`),
    },
    supply,
  });
  const planned = { id: 'a:b', assignment: { caller: 'chrome', callee: 'chrome' }, ...cell };
  return network.openCall({ call: '001', cell: planned, signal });
}

/** A page whose browser can impair it, and what it was told. */
function aPage(told: Link[]): HostedPage {
  return { browser: 'chrome', impair: async (link: Link) => void told.push(link) } as unknown as HostedPage;
}

describe('at level loopback', () => {
  test.for(['set', 'reset', 'firewall', 'move'] as const)(
    'NetworkControl.%s() says to use the lab',
    async (word) => {
      await using call = await openCall({ level: 'loopback' });
      const { network } = call;
      const asked = {
        set: () => network.set(CALLER, { uplink: { loss: '1%' } }),
        reset: () => network.reset(CALLER),
        firewall: () => network.firewall(CALLER, 'udp-blocked'),
        move: () => network.move(CALLER),
      };
      await expect(asked[word]()).rejects.toMatchObject({
        code: 'NETWORK_FIXED',
        message: expect.stringContaining('network level loopback cannot'),
        hint: 'use --network lab',
      });
      expect(call.record().changes).toEqual([]);
    },
  );

  test("SignalingControl.cut() is recorded, cuts the call's own room and is undone at its end", async () => {
    const rooms: string[] = [];
    {
      await using call = await openCall({ level: 'loopback', rooms });
      await call.signaling.cut();
      expect(rooms).toEqual(['cut 001']);
      const { changes } = call.record();
      expect(changes).toMatchObject([{ role: 'signaling', what: 'signaling cut' }]);
      expect(changes[0]!.effectiveMs).toBeGreaterThanOrEqual(changes[0]!.askedMs);
    }
    expect(rooms).toEqual(['cut 001', 'clear 001', 'restore 001']);
  });
});

describe('at level shaped', () => {
  test("onPage() impairs the page as its role's path is configured", async () => {
    const told: Link[] = [];
    await using call = await openCall({ level: 'shaped', cell: { topology: DELAYED } });
    await call.onPage('caller', aPage(told));
    expect(told).toMatchObject([{ uplink: { delayMs: 50 } }]);
    expect(call.record()).toMatchObject({ level: 'shaped', backend: 'devtools' });
  });

  test('onPage() rejects if the browser cannot impair a path that is to be impaired', async () => {
    await using call = await openCall({ level: 'shaped', cell: { topology: DELAYED } });
    const page = { browser: 'firefox' } as HostedPage;
    await expect(call.onPage('caller', page)).rejects.toMatchObject({
      message: 'firefox at level shaped cannot impair',
      hint: 'use --network lab',
    });
    await call.onPage('callee', page);
  });

  test('NetworkControl.set() replaces one direction, reset() brings back both; both are recorded', async () => {
    const told: Link[] = [];
    await using call = await openCall({ level: 'shaped', cell: { topology: DELAYED } });
    await call.onPage('caller', aPage(told));
    await call.network.set(CALLER, { downlink: { loss: '10%' } });
    await call.network.reset(CALLER);
    expect(told.slice(1)).toMatchObject([
      { uplink: { delayMs: 50 }, downlink: { lossRatio: 0.1 } },
      { uplink: { delayMs: 50 }, downlink: {} },
    ]);
    expect(told[2]!.downlink).toEqual({});
    const [set, reset] = call.record().changes;
    expect(set).toMatchObject({ role: 'caller', what: expect.stringContaining('loss 10 %') });
    expect(reset!.what).not.toContain('loss');
  });

  test("NetworkControl.set() throws a TypeError with everything wrong: it is the script's fault", async () => {
    const told: Link[] = [];
    await using call = await openCall({ level: 'shaped' });
    await call.onPage('caller', aPage(told));
    const spec = { uplink: { rate: '0bps', loss: '120%' }, downlink: { delay: '5' } };
    const wrong = call.network.set(CALLER, spec as never);
    const error: unknown = await wrong.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(TypeError);
    expect((error as TypeError).message.split('\n')).toMatchObject([
      expect.stringContaining('network.set().uplink.rate: expected a data rate above 0'),
      expect.stringContaining('network.set().uplink.loss: expected a share'),
      expect.stringContaining('network.set().downlink.delay: expected a duration'),
    ]);
    // Nothing of it was tried.
    expect(told).toHaveLength(1);
    expect(call.record().changes).toEqual([]);
  });
});

describe('CallNetwork.lost()', () => {
  const died = new NetworkError('it died', { code: 'TURN_DIED' });
  const dead: IceSupply = Object.assign(noServer(), { ready: async () => {}, death: () => died });
  const ice = { policy: 'all', credentials: 'valid' } as const;

  test('is why the TURN server is gone if the call was to use it', async () => {
    await using call = await openCall({
      level: 'loopback',
      supply: dead,
      cell: { ice: { ...ice, servers: ['turn-udp'] } },
    });
    expect(call.lost()).toBe(died);
  });

  test('is undefined if the call needs no server, or none of ours', async () => {
    await using without = await openCall({ level: 'loopback', supply: dead });
    expect(without.lost()).toBeUndefined();
    const supply = new GivenIceSupply([{ url: 'stun:stun.example.org', kind: 'stun' }]);
    await using given = await openCall({
      level: 'loopback',
      supply,
      cell: { ice: { ...ice, servers: ['stun'] } },
    });
    expect(given.lost()).toBeUndefined();
  });
});
