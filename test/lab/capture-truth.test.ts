import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { CallRecord, PeerRecord } from '../../harness/call-record.ts';
import { waterfall } from '../../harness/metrics/waterfall.ts';
import turnFallback from '../../scenarios/turn-fallback.ts';
import { labTest } from '../helpers/lab.ts';
import { tryScenario } from '../helpers/try-scenario.ts';
import { delaysOf, packetsBetween, rolesByAddress, wireTimes, type WireTimes } from '../helpers/wire.ts';

/**
 * `connect_ms` runs from the start of negotiation to `connected`. The first part of it, offer, answer and candidates on
 * their way through signaling, shows in no packet between the peers. From the first connectivity check on, both clocks run
 * the same stretch: what `connect_ms` has of it, to the last handshake message that the capture saw arrive. Peers and capture
 * share one machine's clock; each peer's offset to it is known to a millisecond.
 */
interface Stretch {
  role: string;
  /** First check to `connected`, as `connect_ms` has it. */
  told: number;
  /** First check to the end of the DTLS handshake, in packets. */
  seen: number;
}

function stretchOf(peer: PeerRecord, wire: WireTimes): Stretch {
  const connect = waterfall(peer.marks).find(({ metric }) => metric === 'connect_ms');
  const { marks, clock, role } = peer;
  const before = wire.firstCheck - (marks.start! - (clock?.offsetMs ?? 0));
  // The start of negotiation precedes the first check: signaling and gathering lie between.
  expect(before).toBeGreaterThan(0);
  return { role, told: connect!.value - before, seen: wire.finished - wire.firstCheck };
}

/** The agreement that is promised: 20 ms + 5 %. */
const agree = ({ told, seen }: Stretch): boolean => Math.abs(told - seen) <= 20 + 0.05 * seen;

function middle(stretches: Stretch[]): Stretch {
  const byError = stretches.toSorted((a, b) => a.told - a.seen - (b.told - b.seen));
  return byError[Math.floor(byError.length / 2)]!;
}

function stretchesOf(record: CallRecord, folder: string): Stretch[] {
  const packets = packetsBetween(join(folder, record.network!.captures[0]!), rolesByAddress(record));
  return Object.values(record.peers).map((peer) =>
    stretchOf(peer, wireTimes(packets, peer.role, delaysOf(record, peer.role))),
  );
}

describe.for([['chrome:chrome'], ['chrome:firefox'], ['firefox:chrome']] as const)('%s', ([pair]) => {
  labTest('connect_ms agrees with the packets that crossed the internet', async () => {
    await using run = await tryScenario(turnFallback, {
      pairs: [pair],
      network: 'lab',
      only: ['direct'],
      options: { iterations: 3, durationMs: 1000, pcap: true },
    });
    const found: Stretch[] = [];
    for await (const record of run.stored.records()) {
      expect(record.fault).toBeUndefined();
      found.push(...stretchesOf(record, run.stored.folder));
    }
    for (const role of ['caller', 'callee']) {
      const own = found.filter((each) => each.role === role);
      // A machine that is late once tells `connected` late: the middle one of three counts.
      const { told, seen } = middle(own);
      console.log(
        `${pair} ${role}: ${own.map((s) => `${s.told.toFixed(1)}/${s.seen.toFixed(1)}`).join(' ')}`,
      );
      expect(agree({ role, told, seen }), `${role}: connect_ms has ${told} ms of ${seen} ms`).toBe(true);
      // The gate can fail: marks that are late, or early, by more than it allows.
      const beyond = 2 * (20 + 0.05 * seen);
      expect(agree({ role, told: told + beyond, seen })).toBe(false);
      expect(agree({ role, told: told - beyond, seen })).toBe(false);
    }
  });
});
