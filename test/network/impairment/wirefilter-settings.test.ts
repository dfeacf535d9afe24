import { describe, expect, test } from 'vitest';
import {
  notTaken,
  parseShowinfo,
  wirefilterCommands,
  wirefilterLacks,
  wirefilterSettings,
} from '../../../harness/network/impairment/wirefilter-settings.ts';
import type { Impairment } from '../../../harness/topology/topology.ts';

/** As Debian's vde2 2.3.2 says it of a filter with one direction. */
const SHOWN = `0000 DATA END WITH '.'
WireFilter: monodirectional
Loss   5+0U
Lburst 4+0U
Delay  50.5+30N
Dup    0+0U
Bandw  1.25e+06+0U
Speed  0+0U
Noise  0+0U
MTU    0
Cap.   350125+0U
Current Delay Queue size:   0
Fifoness TRUE
Waiting packets in delay queues 0
.
1000 Success

VDEwf$ `;
const BUSY: Impairment = { rateBps: 1e7, delayMs: 50, jitterMs: 10, lossRatio: 0.05, lossBurst: 4 };

describe('wirefilterCommands()', () => {
  test.for<[Impairment, string[]]>([
    [{}, ['loss 0', 'lostburst 0', 'delay 0', 'dup 0', 'bandwidth 0', 'chanbufsize 0']],
    [
      { outage: true, lossRatio: 0.1, lossBurst: 3, delayMs: 20 },
      ['loss 100', 'lostburst 0', 'delay 20', 'dup 0', 'bandwidth 0', 'chanbufsize 0'],
    ],
    // 1 Mbit/s: 125000 bytes/s, of which 200 ms wait and 40 ms are on the way.
    [
      { rateBps: 1e6, delayMs: 40 },
      ['loss 0', 'lostburst 0', 'delay 40', 'dup 0', 'bandwidth 125000', 'chanbufsize 30000'],
    ],
    [BUSY, ['loss 5', 'lostburst 4', 'delay 50.5+30N', 'dup 0', 'bandwidth 1250000', 'chanbufsize 350000']],
  ])('says %j in the words of the management socket', ([impairment, commands]) => {
    expect(wirefilterCommands(wirefilterSettings(impairment))).toEqual(commands);
  });
});

describe('notTaken()', () => {
  test('is empty if showinfo tells what was set', () => {
    const wanted = { ...wirefilterSettings(BUSY), chanbufsize: { value: 350_125, plus: 0 } };
    expect(notTaken(wanted, parseShowinfo(SHOWN))).toEqual([]);
  });

  test('names each parameter that is another one, or not told', () => {
    const shown = parseShowinfo(SHOWN.replace('Loss   5+0U', 'Loss   0+0U').replace(/^Dup.*\n/m, ''));
    expect(notTaken(wirefilterSettings(BUSY), shown)).toEqual([
      'loss is 0, not 5',
      'dup is not told, not 0',
      'chanbufsize is 350125, not 350000',
    ]);
  });
});

describe('wirefilterLacks()', () => {
  test.for<[Impairment, string[]]>([
    [BUSY, []],
    [{ reorderRatio: 0.01 }, ['it cannot reorder packets']],
    [{ duplicateRatio: 1 }, [expect.stringContaining('for ever')]],
    [{ lossRatio: 0.9, lossBurst: 4 }, ['runs of 4 lost packets make at most 80 % of loss']],
  ])('tells of %j what cannot be done', ([impairment, lacks]) => {
    expect(wirefilterLacks(impairment)).toEqual(lacks);
  });
});
