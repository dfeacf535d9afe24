import { describe, expect, test } from 'vitest';
import { GivenIceSupply } from '../../harness/network/given-ice-supply.ts';
import { OwnIceSupply } from '../../harness/network/own-ice-supply.ts';
import { TemporaryFolder } from '../../harness/lifecycle/temporary-folder.ts';
import { locate } from '../../harness/setup/things.mjs';
import type { RunEvent } from '../../harness/store/layout.ts';
import type { IcePlan } from '../../harness/topology/ice.ts';
import { runCertificate } from '../../harness/turn/run-certificate.ts';
import { goneWithin } from '../helpers/processes.ts';

const RELAY: IcePlan = { servers: ['turn-udp'], policy: 'relay', credentials: 'valid' };
const NONE: IcePlan = { servers: [], policy: 'all', credentials: 'valid' };
const { signal } = new AbortController();
const client = { call: '001', role: 'caller' };

/** A supply with a server on loopback, when it needs one. */
async function aSupply(temporary: TemporaryFolder) {
  const events: RunEvent[] = [];
  const certificate = await runCertificate({});
  const heard = new Map<string, () => void>();
  const supply = new OwnIceSupply(() => ({
    ips: ['127.0.0.1'],
    allowLoopback: true,
    folder: temporary.create('turn'),
    certificate,
    emit: (event) => {
      events.push(event);
      heard.get(event.type)?.();
    },
  }));
  const hears = (type: RunEvent['type']) => new Promise<void>((resolve) => void heard.set(type, resolve));
  const pids = () => events.flatMap((event) => (event.type === 'turn-started' ? [event.pid] : []));
  return { supply, events, pids, hears };
}

describe.skipIf(locate('coturn', process.env) === undefined)('OwnIceSupply', () => {
  test('ready() starts no server if the call needs none', async () => {
    await using temporary = TemporaryFolder.open();
    const { supply, pids } = await aSupply(temporary);
    await using _supply = supply;
    await supply.ready(NONE, signal);
    expect(pids()).toEqual([]);
    expect(supply.configure(NONE, client)).toEqual({ iceServers: [], iceTransportPolicy: 'all' });
  });

  test('ready() starts one server for all calls, and each peer has credentials of its own', async () => {
    await using temporary = TemporaryFolder.open();
    const { supply, pids } = await aSupply(temporary);
    await using _supply = supply;
    await supply.ready(RELAY, signal);
    await supply.ready(RELAY, signal);
    expect(pids()).toHaveLength(1);
    const users = ['caller', 'callee'].map(
      (role) => supply.configure(RELAY, { call: '001', role }).iceServers?.[0]?.username,
    );
    expect(users[0]).toMatch(/^\d+:001\.caller/);
    expect(users[1]).toMatch(/^\d+:001\.callee/);
  });

  test('ready() starts it again after a script has stopped it, and that is no death', async () => {
    await using temporary = TemporaryFolder.open();
    const { supply, pids, events } = await aSupply(temporary);
    await using _supply = supply;
    await supply.ready(RELAY, signal);
    await supply.stop();
    expect(await goneWithin(pids(), 0)).toEqual([]);
    expect(supply.death()).toBeUndefined();
    await supply.ready(RELAY, signal);
    expect(pids()).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'turn-died')).toEqual([]);
  });

  test('death() says how it died until ready() has started it again', async () => {
    await using temporary = TemporaryFolder.open();
    const { supply, pids, hears } = await aSupply(temporary);
    await using _supply = supply;
    await supply.ready(RELAY, signal);
    const died = hears('turn-died');
    process.kill(pids()[0]!, 'SIGKILL');
    await died;
    expect(supply.death()).toMatchObject({
      code: 'TURN_DIED',
      message: `the run's TURN server died (pid ${pids()[0]}, killed by SIGKILL)`,
    });
    await supply.ready(RELAY, signal);
    expect(supply.death()).toBeUndefined();
    expect(pids()).toHaveLength(2);
  });
});

describe('GivenIceSupply', () => {
  const url = 'turn:turn.example.org?transport=udp';
  const fixed = { url, kind: 'turn-udp', username: 'u', credential: 'p' } as const;

  test('stop() is unsupported: the server is not ours', async () => {
    await expect(new GivenIceSupply([fixed]).stop()).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      hint: 'leave --turn out for this scenario',
    });
  });

  test('ready() is unsupported if credentials must have expired and only a password was given', async () => {
    const plan: IcePlan = { ...RELAY, credentials: 'expired' };
    const supply = new GivenIceSupply([fixed]);
    await expect(supply.ready(plan)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await new GivenIceSupply([{ url, kind: 'turn-udp', secret: 's' }]).ready(plan);
  });

  test('configure() makes credentials that expire of a REST secret, which it never gives away', () => {
    const supply = new GivenIceSupply([{ url, kind: 'turn-udp', secret: 'hunter2' }]);
    const configured = supply.configure(RELAY, client);
    expect(configured.iceServers?.[0]).toMatchObject({
      urls: url,
      username: expect.stringMatching(/^\d+:001\.caller/),
    });
    expect(JSON.stringify(configured)).not.toContain('hunter2');
  });
});
