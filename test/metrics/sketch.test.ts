import { describe, expect, test } from 'vitest';
import { percentileOf } from '../../harness/metrics/distribution.ts';
import { createSink, EXACT_VALUES } from '../../harness/metrics/sink.ts';
import { Sketch, SKETCH_ACCURACY } from '../../harness/metrics/sketch.ts';
import { createRandom } from '../../harness/random.ts';

const TREND = { type: 'trend', unit: 'ms' } as const;
const PERCENTILES = [0, 1, 5, 25, 50, 75, 90, 95, 99, 99.9, 100];

const random = createRandom(7);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const DISTRIBUTIONS: Record<string, () => number> = {
  uniform: () => 1 + 99 * random(),
  'log-normal': () => Math.exp(3 + 2 * normal()),
  exponential: () => -50 * Math.log(1 - random()),
  'of both signs': () => 40 * normal(),
  'of very different sizes': () => 10 ** (16 * random() - 6),
  'mostly zero': () => (random() < 0.8 ? 0 : 5 * random()),
  constant: () => 33,
};
const NAMES = Object.keys(DISTRIBUTIONS);

function valuesOf(name: string, count: number): number[] {
  return Array.from({ length: count }, () => DISTRIBUTIONS[name]!());
}

function sketchOf(values: readonly number[]): Sketch {
  const sketch = new Sketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

describe('Sketch', () => {
  test.for(NAMES)('gives percentiles within its accuracy of the exact ones, if values are %s', (name) => {
    const values = valuesOf(name, 30_001);
    const sketch = sketchOf(values);
    const sorted = values.toSorted((a, b) => a - b);
    for (const each of PERCENTILES) {
      const exact = percentileOf(sorted, each);
      const error = Math.abs(sketch.percentile(each)! - exact);
      expect(error, `p(${each})`).toBeLessThanOrEqual(SKETCH_ACCURACY * Math.abs(exact) * (1 + 1e-9));
    }
  });

  test.for(NAMES)('of parts, merged, is the sketch of the whole, if values are %s', (name) => {
    const values = valuesOf(name, 5000);
    const merged = new Sketch();
    for (let from = 0; from < values.length; from += 777) {
      merged.merge(json(sketchOf(values.slice(from, from + 777)).state()));
    }
    const { sum, ...whole } = sketchOf(values).state();
    expect(merged.state()).toEqual({ ...whole, sum: expect.closeTo(sum, 3) });
  });

  test('merges values that lie in bin 0 into those below it', () => {
    const merged = sketchOf([0.2]);
    merged.merge(sketchOf([0.1, 1]).state());
    expect([0, 50, 100].map((each) => merged.percentile(each))).toEqual([0.1, expect.closeTo(0.2, 2), 1]);
  });

  test('has no percentile if it was told nothing', () => {
    expect(new Sketch().percentile(50)).toBeUndefined();
  });
});

describe("a trend's sink", () => {
  test('is exact up to its limit, and says how accurate it is beyond', () => {
    const sink = createSink(TREND, 0);
    for (let value = 1; value <= EXACT_VALUES; value++) sink.add(value);
    expect(sink.summary()).toMatchObject({ med: 10_000.5, p99: expect.closeTo(19_800.01) });
    expect(sink.summary()).not.toHaveProperty('accuracy');
    sink.add(EXACT_VALUES + 1);
    expect(sink.summary()).toMatchObject({
      samples: EXACT_VALUES + 1,
      avg: 10_001,
      min: 1,
      max: EXACT_VALUES + 1,
      accuracy: SKETCH_ACCURACY,
    });
    expect(Math.abs(sink.value('p', 95)! / 19_001 - 1)).toBeLessThan(SKETCH_ACCURACY);
  });

  test('holds ten million values in the memory of few', () => {
    const sink = createSink(TREND, 0);
    for (let index = 0; index < 10_000_000; index++) sink.add(1 + ((index * 7919) % 100_003) / 10);
    expect(sink.summary()).toMatchObject({ samples: 10_000_000, min: 1, max: 10_001.2 });
    expect(JSON.stringify(sink.state()).length).toBeLessThan(100_000);
  });

  test.for([
    [100, 100],
    [30_000, 100],
    [100, 30_000],
    [30_000, 30_000],
  ] as const)('of %i values takes another of %i as if it had been told both', ([own, other]) => {
    const values = valuesOf('log-normal', own + other);
    const [whole, part, rest] = [createSink(TREND, 0), createSink(TREND, 0), createSink(TREND, 0)];
    for (const value of values) whole.add(value);
    for (const value of values.slice(0, own)) part.add(value);
    for (const value of values.slice(own)) rest.add(value);
    part.merge(json(rest.state()));
    const { avg, ...expected } = whole.summary();
    expect(part.summary()).toEqual({ ...expected, avg: expect.closeTo(avg!, 6) });
  });
});

test.for([
  ['rate', [1, 0, 1, 1]],
  ['counter', [3, 4, 5, 6]],
  ['gauge', [3, 9, 2, 7]],
] as const)("a %s's sink takes another as if it had been told both", ([type, values]) => {
  const sinks = [0, 1, 2].map(() => createSink({ type, unit: 'x' }, 4000));
  const [whole, part, rest] = sinks as [(typeof sinks)[0], (typeof sinks)[0], (typeof sinks)[0]];
  values.forEach((value, index) => {
    whole.add(value);
    (index < 2 ? part : rest).add(value);
  });
  part.merge(json(rest.state()));
  expect(part.summary()).toEqual(whole.summary());
});

function json<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
