import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../harness/store/layout.ts';
import { createProgress } from '../../../reports/terminal/progress.ts';
import { advance, NOTHING_YET, timeLeftMs } from '../../../reports/terminal/progress-state.ts';
import { HOSTILE } from '../../fixtures/reports/hostile.ts';

const T0 = 1_000_000;

const RUN: RunEvent[] = [
  { t: T0, type: 'run-started', runId: 'r', folder: 'runs/r', cells: 2, calls: 2 },
  { t: T0 + 100, type: 'browser-launching', browser: 'chrome' },
  {
    t: T0 + 700,
    type: 'browser-launched',
    browser: 'chrome',
    version: '156',
    pid: 1,
    launchMs: 600,
    relaunch: false,
  },
  { t: T0 + 1000, type: 'call-started', call: '001-chrome-chrome', cell: 'chrome:chrome', index: 1, of: 2 },
  { t: T0 + 1500, type: 'step-started', call: '001-chrome-chrome', step: 'connect' },
  { t: T0 + 2000, type: 'check', call: '001-chrome-chrome', name: 'connected', passed: true },
  {
    t: T0 + 6000,
    type: 'call-ended',
    call: '001-chrome-chrome',
    cell: 'chrome:chrome',
    checksFailed: 0,
    durationMs: 5000,
  },
  { t: T0 + 6000, type: 'call-started', call: '002-chrome-firefox', cell: 'chrome:firefox', index: 2, of: 2 },
  {
    t: T0 + 8000,
    type: 'check',
    call: '002-chrome-firefox',
    name: 'video frames change',
    role: 'callee',
    passed: false,
  },
];

/** What was written, with a clock that stands at the last event. */
function tell(events: readonly RunEvent[], tty: boolean) {
  const written: string[] = [];
  let now = T0;
  const progress = createProgress({
    tty,
    color: false,
    write: (text) => written.push(text),
    columns: () => 80,
    now: () => now,
  });
  for (const event of events) {
    now = event.t;
    progress.handle(event);
  }
  return { progress, written, wait: (ms: number) => (now += ms) };
}

/** What a terminal shows after the text: rewinding erases what was drawn. */
function screen(written: readonly string[]): string[] {
  const lines: string[] = [];
  for (const part of written.join('').split('\u001b[')) {
    const up = /^(\d+)A\r$/.exec(part);
    if (up) lines.splice(lines.length - Number(up[1]));
    else lines.push(...part.replace(/^J/, '').split('\n').slice(0, -1));
  }
  return lines;
}

describe('createProgress() without a TTY', () => {
  test('tells each event on a plain line with the time since the start', () => {
    expect(tell(RUN, false).written.join('').split('\n')).toEqual([
      '[00:00] 2 calls in 2 cells, into runs/r',
      '[00:00] chrome 156 launched in 600 ms',
      '[00:01] chrome → chrome: 001-chrome-chrome started (1 of 2)',
      '[00:01] 001-chrome-chrome: connect',
      '[00:06] ✓ chrome → chrome  001-chrome-chrome  1 check held, 5.0 s',
      '[00:06] chrome → firefox: 002-chrome-firefox started (2 of 2)',
      '[00:08] ✕ 002-chrome-firefox: callee: video frames change',
      '',
    ]);
  });

  test('writes no control character, whatever an event carries', () => {
    const events: RunEvent[] = [
      ...RUN,
      { t: T0, type: 'warning', message: HOSTILE.terminal },
      { t: T0, type: 'step-started', call: '002-chrome-firefox', step: HOSTILE.terminal },
      {
        t: T0,
        type: 'browser-died',
        browser: 'chrome',
        pid: 1,
        exitCode: null,
        signal: 'SIGKILL',
        stderr: [HOSTILE.terminal],
      },
      {
        t: T0,
        type: 'call-ended',
        call: '002-chrome-firefox',
        cell: HOSTILE.terminal,
        fault: HOSTILE.terminal,
        checksFailed: 0,
        durationMs: 1,
      },
    ];
    expect(tell(events, false).written.join('')).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});

describe('createProgress() of a run with networks', () => {
  const line = (event: RunEvent) => tell([RUN[0]!, event], false).written.slice(1).join('');

  test('names the variant of a call', () => {
    const cell = 'chrome:firefox/relay-tls';
    expect(line({ t: T0, type: 'call-started', call: '001-x', cell, index: 1, of: 2 })).toBe(
      '[00:00] chrome → firefox, relay-tls: 001-x started (1 of 2)\n',
    );
  });

  test.for([
    [
      { t: T0, type: 'turn-started', pid: 9, urls: ['turn:198.51.100.1:3478'] },
      'the TURN server answers at turn:198.51.100.1:3478',
    ],
    [
      { t: T0, type: 'turn-allocation', label: 'l', call: '001-x', role: 'caller', transport: 'tls' },
      '001-x: caller has a TURN allocation over tls',
    ],
    [
      { t: T0, type: 'turn-refused', call: '001-x', role: 'caller', code: 486, reason: 'Quota Reached' },
      '001-x: caller was refused by the TURN server: 486 Quota Reached',
    ],
    [
      { t: T0, type: 'turn-died', pid: 9, exitCode: null, signal: 'SIGKILL', stderr: [] },
      '! the TURN server (pid 9) died of SIGKILL',
    ],
  ] satisfies [RunEvent, string][])('tells %o', ([event, expected]) => {
    expect(line(event)).toContain(expected);
  });

  test('tells allocations of one peer over one transport once', () => {
    const call = '001-chrome-chrome';
    const allocation = (role: string): RunEvent => ({
      t: T0,
      type: 'turn-allocation',
      label: `${call}.${role}`,
      call,
      role,
      transport: 'udp',
    });
    const events = [RUN[0]!, RUN[3]!, allocation('caller'), allocation('caller'), allocation('callee')];
    expect(tell(events, false).written.slice(2)).toEqual([
      `[00:00] ${call}: caller has a TURN allocation over udp\n`,
      `[00:00] ${call}: callee has a TURN allocation over udp\n`,
    ]);
  });

  test('says nothing of an event it does not know, as a newer harness may write', () => {
    const unknown: unknown = { t: T0, type: 'network-something', call: '001-x' };
    expect(line(unknown as RunEvent)).toBe('');
    expect(advance(NOTHING_YET, unknown as RunEvent)).toBe(NOTHING_YET);
  });
});

describe('createProgress() on a TTY', () => {
  test('shows which cell, which step, how many of how many, and the time left', () => {
    const { written } = tell(RUN.slice(0, 8), true);
    expect(screen(written)).toEqual([
      '2 calls in 2 cells, into runs/r',
      'chrome 156 launched in 600 ms',
      '✓ chrome → chrome  001-chrome-chrome  1 check held, 5.0 s',
      '  chrome → firefox  starting  0 ms  002-chrome-firefox',
      '  ━━━━━━━━━━━━────────────  1 of 2 calls, 6.0 s, about 5.0 s left',
    ]);
  });

  test('tick() moves the clock and nothing else', () => {
    const { progress, written, wait } = tell(RUN.slice(0, 4), true);
    wait(2500);
    progress.tick();
    expect(screen(written).at(-2)).toBe('  chrome → chrome  starting  2.5 s  001-chrome-chrome');
    expect(screen(written)).toHaveLength(4);
  });

  test('end() leaves only what was printed for good', () => {
    const { progress, written } = tell(RUN, true);
    progress.end();
    progress.tick();
    expect(screen(written).at(-1)).toBe('✕ 002-chrome-firefox: callee: video frames change');
  });
});

describe('call-ended', () => {
  const ended = (changes: object): RunEvent => ({
    t: T0,
    type: 'call-ended',
    call: 'x',
    cell: 'a:b',
    checksFailed: 0,
    durationMs: 1000,
    ...changes,
  });

  test.for([
    ['a fault', ended({ fault: 'DTLS did not connect' }), '✕'],
    ['a failed check', ended({ checksFailed: 1 }), '✕'],
    ['no check at all', ended({}), '?'],
  ] as const)('is not shown as passed if there was %s', ([, event, mark]) => {
    expect(tell([event], false).written.join('')).toContain(`] ${mark} a → b`);
  });
});

test('timeLeftMs() is undefined until a call has ended', () => {
  const state = RUN.slice(0, 5).reduce(advance, NOTHING_YET);
  expect(timeLeftMs(state, T0 + 5000)).toBeUndefined();
});

const LOADS: RunEvent = {
  t: T0,
  type: 'run-started',
  runId: 'r',
  folder: 'runs/r',
  cells: 1,
  calls: 0,
  loads: [
    { name: 'steady', summary: '2 VUs for 1m', mostVus: 2, lengthMs: 60_000 },
    { name: 'bots', summary: '9 VUs', mostVus: 9 },
  ],
};

/** Call `n` of a load, begun and ended; broken if told how. */
function call(n: number, at: number, fault?: string): RunEvent[] {
  const common = { call: `steady-${n}`, cell: 'chrome:chrome', load: 'steady' };
  return [
    { ...common, t: at, type: 'call-started', index: n },
    { ...common, t: at, type: 'step-started', step: 'connect' } as RunEvent,
    { t: at, type: 'check', call: common.call, name: 'connected', passed: fault === undefined },
    {
      ...common,
      t: at + 1000,
      type: 'call-ended',
      checksFailed: 0,
      durationMs: 1000,
      ...(fault !== undefined && { fault }),
    },
  ];
}

describe('createProgress() of a load', () => {
  const begun: RunEvent[] = [
    LOADS,
    { t: T0 + 1000, type: 'vus', load: 'steady', vus: 2 },
    { t: T0 + 1000, type: 'call-started', call: 'x', cell: 'chrome:chrome', index: 0, load: 'steady' },
    { t: T0 + 2000, type: 'dropped-iterations', load: 'steady', count: 3 },
  ];

  test('has one live line for each load', () => {
    const { written } = tell([...begun, ...call(1, T0 + 5000), ...call(2, T0 + 5000, 'ICE')], true);
    const lines = written.at(-1)!.split('\n');
    expect(lines.slice(-3)).toEqual([
      '  steady: 2 VUs, 1 call under way, 2 completed, 1 failed, 3 dropped, 55.0 s left',
      '  bots: not begun',
      '',
    ]);
  });

  test('says that a load is over, and how many calls it cut off', () => {
    const cutOff: RunEvent = {
      t: T0 + 61_000,
      type: 'call-ended',
      call: 'x',
      cell: 'chrome:chrome',
      checksFailed: 0,
      durationMs: 1,
      load: 'steady',
      interrupted: true,
    };
    const over: RunEvent = { t: T0 + 61_000, type: 'vus', load: 'steady', vus: 0 };
    const { written } = tell([...begun, cutOff, over], true);
    expect(written.at(-1)).toContain('steady: 0 completed, 1 cut off, 3 dropped, over');
    const plain = tell([...begun, cutOff, over], false).written;
    expect(plain.at(-1)).toBe('[01:01] steady: 0 completed, 1 cut off, 3 dropped, over\n');
  });

  test('says that a load is ending while calls are under way that began in time', () => {
    const { progress, written, wait } = tell(begun, true);
    wait(61_000);
    progress.tick();
    expect(written.at(-1)).toContain('1 call under way, 0 completed, 3 dropped, ending');
  });

  test('tells plainly of few calls, counts the others, and says every ten seconds how far it is', () => {
    const calls = Array.from({ length: 100 }, (_, n) => call(n, T0 + 2000 + n * 300)).flat();
    const { written } = tell([...begun, ...calls], false);
    expect(written.filter((line) => line.includes('steady-'))).toHaveLength(3);
    const told = written.filter((line) => line.includes('steady: 2 VUs,'));
    expect(told.map((line) => line.slice(0, 7))).toEqual(['[00:10]', '[00:20]', '[00:30]']);
    expect(written.length).toBeLessThan(15);
  });

  test('tells of the first calls that break, however many do', () => {
    const calls = Array.from({ length: 500 }, (_, n) => call(n, T0 + 2000, 'ICE')).flat();
    const { written } = tell([...begun, ...calls], false);
    expect(written.filter((line) => line.includes('ICE'))).toHaveLength(10);
    expect(written.join('')).toContain('counted, and told at the end');
    expect(written.length).toBeLessThan(30);
  });

  test('says of a load with a number of calls how long the rest takes at its pace', () => {
    const few: RunEvent = {
      ...LOADS,
      loads: [{ name: 'steady', summary: '', mostVus: 1, lengthMs: 600_000, iterations: 4 }],
    };
    const { written } = tell([few, ...begun.slice(1, 2), ...call(1, T0 + 4000)], true);
    expect(written.at(-1)).toContain('1 completed, 12.0 s left');
  });
});
