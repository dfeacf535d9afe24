import { defineScenario, type Duration, type LinkSpec } from '../../harness/index.ts';
import { assembleStats } from '../../harness/stats/delta.ts';
import { normalise, number, type NormalisedSample } from '../../harness/stats/normalise.ts';
import type { TriedScenario } from './try-scenario.ts';

interface Known {
  /** The caller's line. */
  link: LinkSpec;
  hold: Duration;
  /** What goes from the caller to the callee. Default: noise, which takes all that the line has. */
  picture?: 'noise' | 'fake-device';
}

/** A call in a lab with a line that is known. */
export const known = ({ link, hold: duration, picture = 'noise' }: Known) =>
  defineScenario({
    name: 'ground-truth',
    summary: 'A call over a line that is known.',
    guardsAgainst: 'figures that are not what the network is',
    roles: ['caller', 'callee'],
    levels: ['lab'],
    network: { caller: { nat: 'none', link }, callee: { nat: 'none' } },
    async script({ caller, callee, step, hold }) {
      const noise = { source: 'noise', width: 1280, height: 720, frameRate: 30 } as const;
      await Promise.all([caller.join(), callee.join()]);
      await Promise.all([caller.openMedia(picture === 'noise' ? { video: noise } : {}), callee.openMedia()]);
      await caller.call(callee);
      await Promise.all([caller.receiveMedia(), callee.receiveMedia()]);
      await step('hold', () => hold(duration));
      await caller.hangUp();
    },
  });

/** A peer's figure of the run's only call. */
export const figure = ({ result }: TriedScenario, role: string, metric: string) =>
  result.calls[0]!.peers[role]!.metrics[metric]!;

/** A call whose caller's line is dead for three seconds. */
export const BLACKOUT = defineScenario({
  name: 'blackout',
  summary: 'A call with a blackout.',
  guardsAgainst: 'gaps that are not as long as the network was dead',
  roles: ['caller', 'callee'],
  levels: ['lab'],
  network: {
    caller: { nat: 'none', link: { uplink: { delay: '10ms' }, downlink: { delay: '10ms' } } },
    callee: { nat: 'none' },
  },
  async script({ caller, callee, network, hold, step }) {
    await Promise.all([caller.join(), callee.join()]);
    await Promise.all([caller.openMedia(), callee.openMedia()]);
    await caller.call(callee);
    await Promise.all([caller.receiveMedia(), callee.receiveMedia()]);
    await step('before', () => hold('2s'));
    await network.set(caller, { uplink: { outage: true }, downlink: { outage: true } });
    await step('dead', () => hold('3s'));
    await network.reset(caller);
    await step('after', () => hold('3s'));
    await caller.hangUp();
  },
});

function samplesOf({ stored }: TriedScenario, call: string, role: string): NormalisedSample[] {
  return [...assembleStats(stored.stats(call, role))].map(normalise);
}

/** Bytes of RTP, headers and all, of every stream. */
const received = ({ inbound }: NormalisedSample): number =>
  inbound.reduce(
    (sum, { stat }) =>
      sum + (number(stat, 'bytesReceived') ?? 0) + (number(stat, 'headerBytesReceived') ?? 0),
    0,
  );

/** Between two samples that each had new packets of sound, which is sent fifty times a second. */
function longestSilenceMs(samples: readonly NormalisedSample[]): number {
  const packets = samples.map(({ t, inbound }) => ({
    t,
    count: number(inbound.find(({ kind }) => kind === 'audio')?.stat, 'packetsReceived') ?? 0,
  }));
  const grown = packets.filter(({ count }, index) => count > (packets[index - 1]?.count ?? 0));
  return Math.max(...grown.slice(1).map(({ t }, index) => t - grown[index]!.t));
}

/** Lines that are known, and what a call over each must say of it. */
export const LINES = {
  slow: { uplink: { delay: '50ms' }, downlink: { delay: '50ms' } },
  lossy: { uplink: { delay: '10ms', loss: '5%' }, downlink: { delay: '10ms', loss: '5%' } },
  narrow: { uplink: { delay: '10ms', rate: '1Mbps' }, downlink: { delay: '10ms' } },
} as const satisfies Record<string, LinkSpec>;

const onlyRecord = async ({ stored }: TriedScenario) => stored.record((await stored.callIds())[0]!);

/** Round trip over the caller's line as the lab measured it before the call, ms. */
export async function probedRttMs(run: TriedScenario): Promise<number> {
  const { network } = await onlyRecord(run);
  const line = network!.links.filter(({ link }) => link === 'site:caller');
  return line.reduce((sum, { measured }) => sum + measured.delayMs!, 0);
}

/** What the callee received in the last ten seconds, bit/s. */
export async function lateRateBps(run: TriedScenario): Promise<number> {
  const samples = samplesOf(run, (await onlyRecord(run)).id, 'callee');
  const endMs = samples.at(-1)!.t;
  const late = samples.filter(({ t }) => t > endMs - 10_000);
  const bits = (received(late.at(-1)!) - received(late[0]!)) * 8;
  return bits / ((late.at(-1)!.t - late[0]!.t) / 1000);
}

/** How long the line was dead, and how long nothing new arrived at the callee, ms. */
export async function blackoutOf(run: TriedScenario): Promise<{ blackoutMs: number; gapMs: number }> {
  const { id, network } = await onlyRecord(run);
  const [cut, back] = network!.changes;
  return {
    blackoutMs: back!.effectiveMs - cut!.effectiveMs,
    gapMs: longestSilenceMs(samplesOf(run, id, 'callee')),
  };
}
