import type { Reason, RunResult } from '../result.ts';

/**
 * From where on the machine that made a load is to blame for what the load measured. A run without a load is judged call by
 * call, by `SATURATION`.
 */
export const GENERATOR = {
  /** A second is a full one from this busy share of all cores on. */
  busyRatio: 0.9,
  /** Share of the load's time that may be full. */
  overBusyRatio: 0.1,
  /** Lateness of timers in agents and of bots' event loops, the 95th percentile, ms. */
  latenessP95Ms: 100,
  /** Share of the nominal frame rate that cameras give and peers send. */
  fpsRatio: 0.95,
  /** Share of the time encoders may say that the CPU holds them back. */
  cpuLimitedRatio: 0.2,
} as const;

/** Below, a figure is told, but decides nothing: one busy second of three is no evidence. */
export const LEAST = {
  /** Of the machine's time that was measured, ms. */
  machineMs: 5000,
  /** Looks at timers. */
  timers: 20,
  /** Of senders' time in holds, all together, ms. */
  sentMs: 5000,
} as const;

/** What a scenario provokes by itself, so that it says nothing of the machine. */
export const ASKED_FOR = ['cpu-limit', 'low-frame-rate'] as const;
export type AskedFor = (typeof ASKED_FOR)[number];

export type GeneratorResult = NonNullable<RunResult['generator']>;
export type GeneratorFigures = Omit<GeneratorResult, 'verdict' | 'reasons' | 'advice' | 'unknown'>;

/** How much there is behind the figures. */
export interface GeneratorEvidence {
  machineMs: number;
  timers: number;
  botTimers: number;
  sourceMs: number;
  sentMs: number;
  limitedMs: number;
  /** Whether any peer was to send a picture. */
  hasVideo: boolean;
  /** Whether the browsers were a Grid's: its nodes are machines that nobody here watches. */
  isOnGrid: boolean;
}

/**
 * Whether the machine that made the load could keep up. What nobody measured decides nothing and is named in `unknown`;
 * where the CPU is unknown, so is the verdict, unless something else gave the machine away.
 */
export function judgeGenerator(
  figures: GeneratorFigures,
  evidence: GeneratorEvidence,
  asksFor: readonly AskedFor[] = [],
): GeneratorResult {
  const reasons = [
    ...machineReasons(figures, evidence),
    ...timerReasons(figures, evidence),
    ...frameReasons(figures, evidence, asksFor),
    ...limitReasons(figures, evidence, asksFor),
  ];
  const unknown = unknownFigures(figures, evidence);
  const isKnown = figures.cpuOver90Ratio !== undefined;
  const verdict = reasons.length > 0 ? 'saturated' : isKnown ? 'held' : 'unknown';
  return {
    verdict,
    reasons,
    ...(reasons.length > 0 && { advice: adviceFor(figures, reasons) }),
    unknown,
    ...figures,
  };
}

/** One sentence with the figures; `undefined` unless the machine was saturated. */
export function generatorSentence({ verdict, reasons }: GeneratorResult): string | undefined {
  return verdict === 'saturated' ? `The load generator was saturated: ${reasons.join(', ')}` : undefined;
}

/** Why the run proves nothing: nothing of a machine that held. */
export function generatorReasons(generator: GeneratorResult | undefined): Reason[] {
  const message = generator && generatorSentence(generator);
  if (message === undefined) return [];
  const { advice } = generator!;
  return [
    { kind: 'saturation', status: 'inconclusive', message, ...(advice !== undefined && { hint: advice }) },
  ];
}

function machineReasons(figures: GeneratorFigures, { machineMs }: GeneratorEvidence): string[] {
  const { cpuOver90Ratio: over, cpuMeanRatio: mean = 0, quotaMeanRatio: quota = 0, othersRatio } = figures;
  if (over === undefined || over <= GENERATOR.overBusyRatio || machineMs < LEAST.machineMs) return [];
  const what =
    quota > mean ? "the container's CPU quota was over 90 % used up" : 'all cores were over 90 % busy';
  const often = `${what} for ${percent(over)} of the time (${percent(Math.max(mean, quota))} on average)`;
  if (quota > mean) return [often];
  const isOthers = othersRatio !== undefined && othersRatio >= NOTABLE;
  return isOthers
    ? [often, `the machine was busy with something else: ${percent(othersRatio)} of it was not this run's`]
    : [often];
}

function timerReasons(figures: GeneratorFigures, { timers, botTimers }: GeneratorEvidence): string[] {
  const { timerLatenessP95Ms: pages, botLatenessP95Ms: bots } = figures;
  const late = (value: number | undefined, count: number, whose: string) =>
    value !== undefined && count >= LEAST.timers && value > GENERATOR.latenessP95Ms
      ? [`${whose} were ${Math.round(value)} ms late at the 95th percentile`]
      : [];
  return [
    ...late(pages, timers, "timers in the browsers' pages"),
    ...late(bots, botTimers, "the bots' event loops"),
  ];
}

function frameReasons(
  figures: GeneratorFigures,
  { sourceMs, sentMs }: GeneratorEvidence,
  asksFor: readonly AskedFor[],
): string[] {
  if (asksFor.includes('low-frame-rate')) return [];
  const few = (ratio: number | undefined, ms: number, what: string) =>
    ratio !== undefined && ms >= LEAST.sentMs && ratio < GENERATOR.fpsRatio
      ? [`${what} ${percent(ratio)} of their frame rate`]
      : [];
  const ofCameras = few(figures.sourceFpsRatio, sourceMs, 'cameras gave');
  return ofCameras.length > 0 ? ofCameras : few(figures.sentFpsRatio, sentMs, 'peers sent');
}

function limitReasons(
  { cpuLimitedRatio: limited }: GeneratorFigures,
  { limitedMs }: GeneratorEvidence,
  asksFor: readonly AskedFor[],
): string[] {
  const isLimited = limited !== undefined && limited > GENERATOR.cpuLimitedRatio && limitedMs >= LEAST.sentMs;
  return isLimited && !asksFor.includes('cpu-limit')
    ? [`encoders were held back by the CPU ${percent(limited)} of the time`]
    : [];
}

function unknownFigures(figures: GeneratorFigures, { hasVideo, isOnGrid }: GeneratorEvidence): string[] {
  const { sourceFpsRatio, sentFpsRatio, timerLatenessP95Ms, botLatenessP95Ms } = figures;
  const isMissing: [string, boolean][] = [
    ["the machine's CPU", figures.cpuOver90Ratio === undefined],
    ["CPU of the Grid's nodes", isOnGrid],
    ['what the hypervisor took', figures.stealRatio === undefined],
    ["what other people's processes used", figures.othersRatio === undefined],
    ['late timers', timerLatenessP95Ms === undefined && botLatenessP95Ms === undefined],
    ['frame rates', hasVideo && sourceFpsRatio === undefined && sentFpsRatio === undefined],
    ['encoders held back by the CPU', hasVideo && figures.cpuLimitedRatio === undefined],
  ];
  return isMissing.flatMap(([what, missing]) => (missing ? [what] : []));
}

/** From this share on somebody else's part is worth a word. */
const NOTABLE = 0.25;
const NOTABLE_STEAL = 0.1;
/** What is full so seldom while it has so much to spare is full of calls being set up, all at once. */
const MOMENTS = { overBusyRatio: 0.3, meanRatio: 0.75 };

function adviceFor(figures: GeneratorFigures, reasons: readonly string[]): string {
  const { othersRatio = 0, stealRatio = 0, cpuOver90Ratio: over = 0, cpuMeanRatio: mean = 1 } = figures;
  const isOften = over <= GENERATOR.overBusyRatio || over > MOMENTS.overBusyRatio;
  const isOfMoments = reasons.length === 1 && !isOften && mean <= MOMENTS.meanRatio;
  const first = [
    ...(isOfMoments ? ['calls that are held longer (--hold) or begin one by one (--stage)'] : []),
    ...(othersRatio >= NOTABLE ? ['end what else runs on the machine'] : []),
    ...(stealRatio >= NOTABLE_STEAL ? ['take a machine whose cores are its own'] : []),
  ];
  const always = [
    'fewer calls',
    '--profile light',
    'bots in place of most browsers (--bots)',
    'more machines',
  ];
  return [...first, ...always].join(', or ');
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
