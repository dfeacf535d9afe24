import type { Simulated } from './simulate.ts';

/** The figures that are to grow with the peers, or less. */
const GROWTH: readonly (readonly [name: string, of: (simulated: Simulated, first: Simulated) => number])[] = [
  ['CPU', ({ cores }) => cores],
  // What the process had before the first of them: later ones begin with what those before have left.
  ['memory', ({ rssBytes }, { rssBeforeBytes }) => rssBytes - rssBeforeBytes],
  ['lag (p95)', ({ lagMs }) => lagMs.p95],
  ['disk', ({ writtenBytes }) => writtenBytes],
];

/** A line for each simulation, then how the figures grew. */
export function renderSimulated(all: readonly Simulated[]): string {
  const lines = [HEAD.join('  '), ...all.map((each) => row(each).join('  '))];
  const growth = all.slice(1).map((each, index) => growthLine(all[index]!, each, all[0]!));
  const late = all.filter(({ isReplayerLate }) => isReplayerLate).map(lateLine);
  return `${[...lines, ...growth, ...late].join('\n')}\n`;
}

const HEAD = [
  '  peers',
  'samples/s',
  ' values/s',
  ' cores',
  'others',
  ' memory',
  'lag med',
  '    p95',
  '   disk',
  'thinned',
];

function row(simulated: Simulated): string[] {
  const { peers, samples, values, cores, otherCores, rssBytes, lagMs, writtenBytes, thinned } = simulated;
  const seconds = simulated.replayer.sentMs / 1000;
  const cells = [
    `${peers}`,
    `${Math.round(samples / seconds)}`,
    `${Math.round(values / seconds)}`,
    cores.toFixed(2),
    otherCores.toFixed(2),
    megabytes(rssBytes),
    milliseconds(lagMs.med),
    milliseconds(lagMs.p95),
    megabytes(writtenBytes),
    `${thinned}`,
  ];
  return cells.map((cell, index) => cell.padStart(HEAD[index]!.length));
}

function growthLine(before: Simulated, after: Simulated, first: Simulated): string {
  const factor = (of: (simulated: Simulated, first: Simulated) => number) =>
    (of(after, first) / of(before, first)).toFixed(1);
  const figures = GROWTH.map(([name, of]) => `${name} × ${factor(of)}`);
  return `${before.peers} → ${after.peers} peers (× ${factor(({ peers }) => peers)}): ${figures.join(', ')}`;
}

function lateLine({ peers, replayer }: Simulated): string {
  return `✕ ${peers} peers: inconclusive, the replayer itself was late (p95 ${milliseconds(replayer.lateP95Ms)}, at most 100 ms may be)`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}

function milliseconds(ms: number): string {
  return ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`;
}
