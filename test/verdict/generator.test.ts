import { describe, expect, test } from 'vitest';
import {
  type AskedFor,
  type GeneratorEvidence,
  type GeneratorFigures,
  generatorSentence,
  judgeGenerator,
  LEAST,
} from '../../harness/verdict/generator.ts';

/** A machine that kept up, and all of it measured. */
const HELD: GeneratorFigures = {
  fromMs: 0,
  untilMs: 30_000,
  cpuOver90Ratio: 0.1,
  cpuMeanRatio: 0.6,
  stealRatio: 0,
  othersRatio: 0.05,
  timerLatenessP95Ms: 100,
  botLatenessP95Ms: 100,
  sourceFpsRatio: 0.95,
  sentFpsRatio: 0.95,
  cpuLimitedRatio: 0.2,
};
const ENOUGH: GeneratorEvidence = {
  machineMs: LEAST.machineMs,
  timers: LEAST.timers,
  botTimers: LEAST.timers,
  sourceMs: LEAST.sentMs,
  sentMs: LEAST.sentMs,
  limitedMs: LEAST.sentMs,
  hasVideo: true,
  isOnGrid: false,
};

interface Given {
  figures?: Partial<GeneratorFigures>;
  evidence?: Partial<GeneratorEvidence>;
  asksFor?: AskedFor[];
}

const judged = ({ figures, evidence, asksFor }: Given = {}) =>
  judgeGenerator({ ...HELD, ...figures }, { ...ENOUGH, ...evidence }, asksFor);

test('judgeGenerator() says that the machine held if every figure is just within its limit', () => {
  const result = judged();
  expect(result).toMatchObject({ verdict: 'held', reasons: [], unknown: [], ...HELD });
  expect(result.advice).toBeUndefined();
  expect(generatorSentence(result)).toBeUndefined();
});

const RULES: {
  sign: string;
  figures: Partial<GeneratorFigures>;
  says: string;
  little: keyof GeneratorEvidence;
}[] = [
  {
    sign: 'its cores were over 90 % busy for more than a tenth of the time',
    figures: { cpuOver90Ratio: 0.11, cpuMeanRatio: 0.8 },
    says: 'all cores were over 90 % busy for 11 % of the time (80 % on average)',
    little: 'machineMs',
  },
  {
    sign: "its container's quota was used up",
    figures: { cpuOver90Ratio: 0.5, cpuMeanRatio: 0.3, quotaMeanRatio: 0.8 },
    says: "the container's CPU quota was over 90 % used up for 50 % of the time (80 % on average)",
    little: 'machineMs',
  },
  {
    sign: 'timers of pages were late',
    figures: { timerLatenessP95Ms: 101 },
    says: "timers in the browsers' pages were 101 ms late at the 95th percentile",
    little: 'timers',
  },
  {
    sign: 'event loops of bots were late',
    figures: { botLatenessP95Ms: 250 },
    says: "the bots' event loops were 250 ms late at the 95th percentile",
    little: 'botTimers',
  },
  {
    sign: 'cameras fell behind',
    figures: { sourceFpsRatio: 0.94 },
    says: 'cameras gave 94 % of their frame rate',
    little: 'sourceMs',
  },
  {
    sign: 'peers sent too few frames',
    figures: { sentFpsRatio: 0.8 },
    says: 'peers sent 80 % of their frame rate',
    little: 'sentMs',
  },
  {
    sign: 'encoders were held back by the CPU',
    figures: { cpuLimitedRatio: 0.21 },
    says: 'encoders were held back by the CPU 21 % of the time',
    little: 'limitedMs',
  },
];

describe('judgeGenerator() calls the machine saturated', () => {
  test.for(RULES)('if $sign, and says so with the figure', ({ figures, says }) => {
    const result = judged({ figures });
    expect(result).toMatchObject({ verdict: 'saturated', reasons: [says] });
    expect(generatorSentence(result)).toBe(`The load generator was saturated: ${says}`);
    expect(result.advice).toBe(
      'fewer calls, or --profile light, or bots in place of most browsers (--bots), or more machines',
    );
  });

  test.for(RULES)('not if $sign in too little time to tell', ({ figures, little }) => {
    const result = judged({ figures, evidence: { [little]: (ENOUGH[little] as number) - 1 } });
    expect(result).toMatchObject({ verdict: 'held', ...figures });
  });

  test('once for frames that the camera never gave, as these cannot be sent either', () => {
    const { reasons } = judged({ figures: { sourceFpsRatio: 0.5, sentFpsRatio: 0.5 } });
    expect(reasons).toEqual(['cameras gave 50 % of their frame rate']);
  });
});

test("judgeGenerator() names what was not this run's, and to end it, if that filled the machine", () => {
  const { reasons, advice } = judged({ figures: { cpuOver90Ratio: 0.5, othersRatio: 0.38 } });
  expect(reasons).toContain("the machine was busy with something else: 38 % of it was not this run's");
  expect(advice).toMatch(/^end what else runs on the machine, or fewer calls/);
});

test('judgeGenerator() advises to spread the calls of a machine that was full for moments, with much to spare', () => {
  const begins = /^calls that are held longer \(--hold\) or begin one by one \(--stage\), or fewer calls/;
  expect(judged({ figures: { cpuOver90Ratio: 0.12 } }).advice).toMatch(begins);
  for (const more of [{ cpuMeanRatio: 0.9 }, { cpuOver90Ratio: 0.5 }, { timerLatenessP95Ms: 300 }])
    expect(judged({ figures: { cpuOver90Ratio: 0.12, ...more } }).advice).toMatch(/^fewer calls/);
});

test('judgeGenerator() advises a machine of its own if the hypervisor took much', () => {
  const { advice } = judged({ figures: { cpuOver90Ratio: 0.5, stealRatio: 0.2 } });
  expect(advice).toMatch(/^take a machine whose cores are its own/);
});

test.for([
  ['cpu-limit', { cpuLimitedRatio: 1 }, { cpuOver90Ratio: 1 }],
  ['low-frame-rate', { sourceFpsRatio: 0.2, sentFpsRatio: 0.2 }, { timerLatenessP95Ms: 900 }],
] as const)(
  'judgeGenerator() leaves out what the scenario asks for: %s, but nothing else',
  ([asked, own, other]) => {
    expect(judged({ figures: own, asksFor: [asked] }).verdict).toBe('held');
    expect(judged({ figures: { ...own, ...other }, asksFor: [asked] }).verdict).toBe('saturated');
  },
);

describe('judgeGenerator() on what nobody measured', () => {
  const UNKNOWN = { fromMs: 0, untilMs: 30_000 };

  test('says that it is unknown, never that it held', () => {
    const result = judgeGenerator(UNKNOWN, { ...ENOUGH, machineMs: 0 });
    expect(result).toEqual({
      verdict: 'unknown',
      reasons: [],
      unknown: [
        "the machine's CPU",
        'what the hypervisor took',
        "what other people's processes used",
        'late timers',
        'frame rates',
        'encoders held back by the CPU',
      ],
      ...UNKNOWN,
    });
  });

  test('still calls it saturated if something else gave the machine away', () => {
    const result = judgeGenerator({ ...UNKNOWN, timerLatenessP95Ms: 400 }, ENOUGH);
    expect(result.verdict).toBe('saturated');
    expect(result.unknown).toContain("the machine's CPU");
  });

  test('names the nodes of a Grid: machines that nobody here watches', () => {
    expect(judged({ evidence: { isOnGrid: true } })).toMatchObject({
      verdict: 'held',
      unknown: ["CPU of the Grid's nodes"],
    });
  });

  test('misses no frame rates if nobody was to send a picture', () => {
    const { unknown } = judgeGenerator(UNKNOWN, { ...ENOUGH, hasVideo: false });
    expect(unknown).not.toContain('frame rates');
    expect(unknown).not.toContain('encoders held back by the CPU');
  });
});
