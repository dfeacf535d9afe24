import { NetworkError } from '../errors.ts';
import type { Impairment, Link } from '../topology/topology.ts';

/** Nobody could tell it from none; with 0 Chromium forgets the page's connections, and never impairs them again. */
const LEAST_LATENCY_MS = 1;
const UNLIMITED = -1;
/** What waits before a limited rate, as the lab's links have it: 200 ms, at least 10 packets. */
const QUEUE_MS = 200;
const LEAST_PACKETS = 10;
const PACKET_BYTES = 1200;

/** DevTools' `Network.NetworkConditions`: throughput in bytes per second, loss in percent. */
export interface DevtoolsConditions {
  latency: number;
  uploadThroughput: number;
  downloadThroughput: number;
  packetLoss: number;
  packetQueueLength: number;
}

/** The two commands of a page's DevTools session, as both drivers type them. */
export interface DevtoolsNetwork {
  /** `Network.emulateNetworkConditionsByRule`; Chromium has it since 2025. */
  byRule(parameters: {
    offline: boolean;
    matchedNetworkConditions: (DevtoolsConditions & { urlPattern: string })[];
  }): Promise<unknown>;
  /** `Network.emulateNetworkConditions`. */
  forAll(parameters: DevtoolsConditions & { offline: boolean }): Promise<unknown>;
}

/**
 * What of a link DevTools cannot do, a sentence each. Measured with Chromium 156: one latency and one loss, each for both
 * directions; jitter, duplicates and runs of losses are unknown to it; its `packetReordering` reorders nothing.
 */
export function devtoolsLacks({ uplink, downlink }: Link): string[] {
  const differ = (key: keyof Impairment, unit: number | false) =>
    (uplink[key] ?? unit) !== (downlink[key] ?? unit);
  const has = (key: keyof Impairment, above: number) =>
    [uplink, downlink].some((impairment) => Number(impairment[key] ?? 0) > above);
  return [
    differ('outage', false) && 'an outage is both ways or not at all',
    differ('delayMs', 0) && 'the delay is the same both ways',
    differ('lossRatio', 0) && 'the loss is the same both ways',
    has('jitterMs', 0) && 'there is no jitter',
    has('lossBurst', 1) && 'losses do not come in runs',
    has('duplicateRatio', 0) && 'nothing is duplicated',
    has('reorderRatio', 0) && 'nothing is reordered',
  ].filter((lack) => lack !== false);
}

/**
 * A link in DevTools' words. Its latency is one way, and each way gets it; its throughput counts UDP payload, so that on
 * the wire a packet of 1200 bytes takes 3.5 % more.
 */
export function devtoolsConditions({ uplink, downlink }: Link): DevtoolsConditions {
  const isOut = uplink.outage === true;
  const rates = [uplink.rateBps, downlink.rateBps].filter((rate) => rate !== undefined);
  return {
    latency: Math.max(LEAST_LATENCY_MS, uplink.delayMs ?? 0),
    uploadThroughput: bytesPerSecond(uplink),
    downloadThroughput: bytesPerSecond(downlink),
    // `offline` would cut off the page's own requests, too.
    packetLoss: isOut ? 100 : (uplink.lossRatio ?? 0) * 100,
    // One for both ways: the shorter, as a long queue is what hurts a call most.
    packetQueueLength: rates.length === 0 ? 0 : queuePackets(Math.min(...rates)),
  };
}

/**
 * Impairs what the page's connections send and receive over UDP, from now on. Without a first call *before* a connection
 * exists, those that follow have no effect on it.
 *
 * The page's own requests, WebSockets among them, are left alone where Chromium knows rules.
 *
 * @throws NetworkError naming all that DevTools cannot do of it
 */
export async function impairByDevtools(network: DevtoolsNetwork, link: Link): Promise<void> {
  const lacks = devtoolsLacks(link);
  if (lacks.length > 0)
    throw new NetworkError(`Chromium's DevTools cannot impair a link so: ${lacks.join('; ')}`, {
      code: 'IMPAIRMENT_UNSUPPORTED',
      hint: 'use --network lab',
      details: { link },
    });
  const conditions = devtoolsConditions(link);
  const none = devtoolsConditions({ uplink: {}, downlink: {} });
  const requests = { ...none, latency: 0, urlPattern: '*://*:*/*' };
  try {
    await network.byRule({
      offline: false,
      matchedNetworkConditions: [requests, { ...conditions, urlPattern: '' }],
    });
  } catch (error) {
    if (!isUnknownCommand(error)) throw error;
    await network.forAll({ offline: false, ...conditions });
  }
}

/** "'Network.…' wasn't found": an older Chromium. */
function isUnknownCommand(error: unknown): boolean {
  return error instanceof Error && error.message.includes("wasn't found");
}

function bytesPerSecond({ rateBps }: Impairment): number {
  return rateBps === undefined ? UNLIMITED : Math.max(1, Math.round(rateBps / 8));
}

function queuePackets(rateBps: number): number {
  return Math.max(LEAST_PACKETS, Math.ceil(((rateBps / 8) * (QUEUE_MS / 1000)) / PACKET_BYTES));
}
