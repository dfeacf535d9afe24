import { describe, expect, test } from 'vitest';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import { param, type ParamSpecs } from '../../harness/scenario/params.ts';
import { readParams } from '../../harness/scenario/read-params.ts';

const SPECS = {
  size: param.integer({ default: 3, min: 3, max: 6, summary: 'how many peers' }),
  gain: param.number({ default: 0.5, summary: 'how loud' }),
  codec: param.choice(['VP8', 'AV1'], { default: 'VP8', summary: 'of the video' }),
  label: param.text({ default: '', summary: 'of the room' }),
  loud: param.flag({ default: false, summary: 'whether they speak' }),
  pause: param.duration({ default: '2s', summary: 'between calls' }),
  bitrate: param.rate({ default: '800kbps', summary: 'of the line' }),
};

const DEFAULTS = {
  size: 3,
  gain: 0.5,
  codec: 'VP8',
  label: '',
  loud: false,
  pause: '2s',
  bitrate: '800kbps',
};

function read(flags: string[], specs: ParamSpecs = SPECS) {
  const problems: Problem[] = [];
  const values = readParams(specs, flags, problems);
  return { values, problems: problems.map(renderProblem) };
}

describe('readParams()', () => {
  test('gives the defaults if nothing is said', () => {
    expect(read([])).toEqual({ values: DEFAULTS, problems: [] });
  });

  test.for([
    ['size=6', { size: 6 }],
    ['gain=-1.5', { gain: -1.5 }],
    ['codec=AV1', { codec: 'AV1' }],
    ['label=a=b', { label: 'a=b' }],
    ['loud', { loud: true }],
    ['loud=false', { loud: false }],
    ['pause=1m', { pause: '1m' }],
    ['bitrate=2Mbps', { bitrate: '2Mbps' }],
  ] as const)('takes %s', ([flag, value]) => {
    expect(read([flag])).toEqual({ values: { ...DEFAULTS, ...value }, problems: [] });
  });

  test('tells every problem at once, and names the nearest parameter', () => {
    expect(
      read(['siez=4', 'size=7', 'gain=much', 'codec=H264', 'loud=yes', 'pause=60', 'bitrate=fast']).problems,
    ).toEqual([
      '--param: expected a parameter of the scenario, got "siez" — did you mean size?',
      '--param size: expected a whole number from 3 to 6, got "7"',
      '--param gain: expected a number, got "much"',
      '--param codec: expected one of VP8, AV1, got "H264"',
      '--param loud: expected true or false, got "yes"',
      '--param pause: expected a duration like "10s", got "60" — add a unit',
      '--param bitrate: expected a rate like "800kbps", got "fast"',
    ]);
  });

  test('wants each parameter once, and those without a default at all', () => {
    const url = param.text({ summary: 'of the app' });
    const { problems } = read(['size=4', 'size=5'], { ...SPECS, url });
    expect(problems).toEqual([
      '--param size: expected each parameter once, got "size=5"',
      '--param url: expected a text, got nothing — give it: --param url=…',
    ]);
  });
});
