import { describe, expect, test } from 'vitest';
import { defineScenario, failureFacts, failureOf, pathFacts, PATHS } from '../../harness/index.ts';
import type { CallRecord, PeerRecord } from '../../harness/call-record.ts';
import { tryScenario, type TriedScenario } from '../helpers/try-scenario.ts';

/** Forced relays on this machine's own network, by what their TURN server is reached over. */
const paths = defineScenario({
  name: 'paths',
  summary: 'A call over each kind of path that loopback has.',
  guardsAgainst: 'facts that hold of any path',
  roles: ['caller', 'callee'],
  variants: {
    axis: 'path',
    cases: {
      host: { summary: 'no servers' },
      'relay-udp': { summary: 'TURN over UDP', ice: { servers: ['turn-udp'], policy: 'relay' } },
      'relay-tcp': { summary: 'TURN over TCP', ice: { servers: ['turn-tcp'], policy: 'relay' } },
      'relay-tls': { summary: 'TURN over TLS', ice: { servers: ['turn-tls'], policy: 'relay' } },
    },
  },
  async script({ caller, callee, variant, check, turn }) {
    await Promise.all([caller.join(), callee.join()]);
    await Promise.all([caller.openMedia(), callee.openMedia()]);
    await caller.call(callee);
    await Promise.all([caller.receiveMedia(), callee.receiveMedia()]);
    check(...(await pathFacts(caller, callee, PATHS[variant], turn)));
    // The gate must be able to fail: no path is two kinds of path.
    for (const other of ['host', 'relay-udp', 'relay-tcp', 'relay-tls'] as const) {
      if (other === variant) continue;
      const wrong = await pathFacts(caller, callee, PATHS[other], turn);
      check({
        name: `it is not taken for ${other}`,
        passed: wrong.some(({ passed }) => passed === false),
        expected: 'a fact that fails',
        actual: JSON.stringify(wrong.map(({ name, passed, actual }) => ({ name, passed, actual }))),
      });
    }
    await caller.hangUp();
  },
});

/** Each kind of credentials that a TURN server refuses. */
const refused = (transport: 'turn-udp' | 'turn-tcp' | 'turn-tls') =>
  defineScenario({
    name: 'refused',
    summary: 'A call whose TURN server refuses both sides.',
    guardsAgainst: 'waiting until the time is over, and not saying why',
    roles: ['caller', 'callee'],
    variants: {
      axis: 'path',
      cases: {
        wrong: {
          summary: 'wrong password',
          ice: { servers: [transport], policy: 'relay', credentials: 'wrong' },
        },
        expired: {
          summary: 'credentials of yesterday',
          ice: { servers: [transport], policy: 'relay', credentials: 'expired' },
        },
      },
    },
    async script({ caller, callee, check, measure }) {
      await Promise.all([caller.join(), callee.join()]);
      await Promise.all([caller.openMedia(), callee.openMedia()]);
      const failure = await failureOf(() => caller.call(callee));
      check(...failureFacts(failure, { naming: ['401', 'turn'] }));
      measure('failure_ms', failure.afterMs);
      if (failure.error) throw failure.error;
    },
  });

const PAIRS = [['chrome:firefox'], ['firefox:chrome']] as const;

async function records({ stored }: TriedScenario): Promise<CallRecord[]> {
  const all: CallRecord[] = [];
  for await (const record of stored.records()) all.push(record);
  return all;
}

const notPassed = ({ checks }: CallRecord) => checks.filter(({ passed }) => passed !== true);

function expectRelayMarks({ marks }: PeerRecord): void {
  expect(marks.firstRelay).toBeGreaterThanOrEqual(marks.gatherStart!);
  expect(marks.firstSrflx).toBeUndefined();
}

describe.for(PAIRS)('%s', ([pair]) => {
  test('pathFacts() tell every path from the others', async () => {
    await using run = await tryScenario(paths, { pairs: [pair] });
    // In an order that the seed decided.
    const order = ['host', 'relay-udp', 'relay-tcp', 'relay-tls'];
    const place = ({ variant }: CallRecord) => order.indexOf(variant?.name ?? '');
    const calls = (await records(run)).toSorted((a, b) => place(a) - place(b));
    expect(calls.map(({ variant, fault }) => ({ name: variant?.name, fault }))).toEqual(
      order.map((name) => ({ name, fault: undefined })),
    );
    expect(calls.flatMap(notPassed)).toEqual([]);
    const relayed = calls.slice(1).flatMap(({ peers }) => Object.values(peers));
    relayed.forEach(expectRelayMarks);
    expect(relayed.map(({ evidence }) => evidence.selectedPair?.relayProtocol)).toEqual([
      'udp',
      'udp',
      'tcp',
      'tcp',
      'tls',
      'tls',
    ]);
  });

  // Chromium 156 and Firefox 153 both say 401, whichever is wrong; Firefox without a text.
  test.for([['turn-udp'], ['turn-tcp'], ['turn-tls']] as const)(
    'Peer.call() fails in gathering within 5 s if %s refuses the credentials',
    async ([transport]) => {
      await using run = await tryScenario(refused(transport), { pairs: [pair] });
      const calls = await records(run);
      expect(calls).toHaveLength(2);
      for (const call of calls) {
        expect(notPassed(call)).toEqual([]);
        expect(call.fault).toMatchObject({
          phase: 'gathering',
          status: 'failed',
          message: expect.stringMatching(
            /gathering found no candidate to use \(iceTransportPolicy relay\): turns?:\S+: 401 Unauthorized/,
          ) as string,
        });
        // The time-out is 30 s, and Firefox waits 5 s before it lets ICE fail.
        expect(call.measures?.[0]?.value).toBeLessThan(5000);
      }
    },
  );
});
