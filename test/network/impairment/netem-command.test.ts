import { describe, expect, test } from 'vitest';
import { netemLacks, netemWords } from '../../../harness/network/impairment/netem-command.ts';
import { vethScript } from '../../../harness/network/impairment/netem.ts';
import type { Impairment } from '../../../harness/topology/topology.ts';

describe('netemWords()', () => {
  test.for<[Impairment, string]>([
    [{}, 'netem limit 1000'],
    [{ delayMs: 50 }, 'netem limit 1000 delay 50ms'],
    [{ delayMs: 50, jitterMs: 2.5 }, 'netem limit 1000 delay 50ms 2.5ms distribution normal'],
    [{ lossRatio: 0.05 }, 'netem limit 1000 loss 5%'],
    // Into a run with 0.2 / (4 × 0.8), out of it with 1 / 4: 20 % of all are in runs.
    [{ lossRatio: 0.2, lossBurst: 4 }, 'netem limit 1000 loss gemodel 6.25% 25%'],
    [{ outage: true, lossRatio: 0.2, lossBurst: 4 }, 'netem limit 1000 loss 100%'],
    [{ duplicateRatio: 0.01 }, 'netem limit 1000 duplicate 1%'],
    [{ delayMs: 20, reorderRatio: 0.25 }, 'netem limit 1000 delay 20ms reorder 25%'],
    // 25000 bytes: 200 ms of the rate, counted as 34 half full frames.
    [{ rateBps: 1e6 }, 'netem limit 34 rate 1000000bit'],
  ])('says %j in the words of tc', ([impairment, words]) => {
    expect(netemWords(impairment).join(' ')).toBe(words);
  });

  test('seeds if there is a seed', () => {
    expect(netemWords({ lossRatio: 0.1 }, 42).slice(-2)).toEqual(['seed', '42']);
  });
});

describe('netemLacks()', () => {
  test('tells that packets without delay cannot be overtaken, and that long runs make no more than their share', () => {
    expect(netemLacks({ reorderRatio: 0.1, lossRatio: 0.9, lossBurst: 2 })).toEqual([
      expect.stringContaining('need a delay'),
      'runs of 2 lost packets make at most 66.7 % of loss',
    ]);
    expect(netemLacks({ reorderRatio: 0.1, delayMs: 10, lossRatio: 1 })).toEqual([]);
  });
});

describe('vethScript()', () => {
  test('makes a pair between the namespaces, its frames single packets', () => {
    const end = (namespace: string) => ({ namespace, interface: `${namespace}0` });
    expect(vethScript([{ name: 'cable', a: end('left'), b: end('right') }]).split('\n')).toEqual([
      "ip link add 'left0' netns 'left' type veth peer name 'right0' netns 'right'",
      "ip -n 'left' link set dev 'left0' gso_max_segs 1 up",
      "ip -n 'right' link set dev 'right0' gso_max_segs 1 up",
    ]);
  });
});
