import type { Impairment } from '../../topology/topology.ts';

/** The longest Ethernet frame without VLAN tag, what both emulators count. */
export const FRAME_BYTES = 1514;
const QUEUE_MS = 200;
const LEAST_FRAMES = 10;

/**
 * What waits in front of a limited rate before packets are dropped at its tail: 200 ms of the rate, as access routers
 * have it, but room for 10 full frames.
 */
export function queueBytes(rateBps: number): number {
  return Math.max(LEAST_FRAMES * FRAME_BYTES, Math.ceil((rateBps / 8) * (QUEUE_MS / 1000)));
}

/** What is in an emulator at most: its queue and what is on the way. `undefined` without a limited rate. */
export function heldBytes({ rateBps, delayMs = 0, jitterMs = 0 }: Impairment): number | undefined {
  if (rateBps === undefined) return undefined;
  return queueBytes(rateBps) + Math.ceil((rateBps / 8) * ((delayMs + 3 * jitterMs) / 1000));
}
