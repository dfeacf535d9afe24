import { describe, expect, test } from 'vitest';
import { gridBrowserOf, isSlotFor } from '../../harness/grid/known-names.ts';
import { countSlots, describeSlots, nodeOf, parseGridStatus } from '../../harness/grid/status.ts';
import { type FakeNode, statusOf } from '../helpers/fake-grid.ts';

const parsed = (...nodes: FakeNode[]) => parseGridStatus(statusOf(nodes))!;
const CHROME = { browserName: 'chrome', browserVersion: '156.0', platformName: 'LINUX' };
const FIREFOX = { browserName: 'firefox' };

describe('parseGridStatus()', () => {
  test('is undefined for what is no Grid: a lone driver', () => {
    expect(parseGridStatus({ ready: true, message: 'chromedriver' })).toBeUndefined();
    expect(parseGridStatus(undefined)).toBeUndefined();
  });

  test('leaves out nodes that take no sessions', () => {
    const draining = { availability: 'DRAINING', slots: [CHROME] };
    expect(parsed(draining, { availability: 'DOWN', slots: [CHROME] }).nodes).toEqual([]);
  });

  test('tells a session by its node, and how long that lets it be idle', () => {
    const status = parsed(
      { uri: 'http://a:5555', slots: [CHROME] },
      { uri: 'http://b:5555', sessionTimeout: 60_000, slots: [{ ...CHROME, session: 's1' }] },
    );
    expect(nodeOf(status, 's1')).toMatchObject({ uri: 'http://b:5555', sessionTimeoutMs: 60_000 });
    expect(nodeOf(status, 's2')).toBeUndefined();
  });
});

describe('countSlots()', () => {
  test('counts no more than a node takes at the same time', () => {
    const slots = [CHROME, { ...CHROME, session: 's1' }, FIREFOX, FIREFOX];
    const status = parsed({ maxSessions: 2, slots }, { slots: [FIREFOX] });
    expect(countSlots(status)).toEqual({ total: 3, free: 2 });
    expect(countSlots(status, ({ browserName }) => browserName === 'chrome')).toEqual({ total: 2, free: 1 });
  });

  test('is nothing without a node', () => {
    expect(countSlots(parsed())).toEqual({ total: 0, free: 0 });
  });
});

test('describeSlots() says what there is of each', () => {
  expect(describeSlots(parsed({ slots: [CHROME, CHROME, FIREFOX] }))).toBe(
    '2 × chrome 156.0 (linux), 1 × firefox',
  );
  expect(describeSlots(parsed())).toBe('no slot');
});

test.for([
  ['chrome', 'chrome', undefined, true],
  ['chromium', 'chrome', '156', true],
  ['edge', 'MicrosoftEdge', undefined, true],
  ['chrome', 'firefox', undefined, false],
  ['chrome@156', 'chrome', '156.0', true],
  ['chrome@156.0', 'chrome', '156', true],
  ['chrome@138', 'chrome', '156', false],
  ['chrome@138', 'chrome', undefined, false],
] as const)(
  'isSlotFor() of %s, for a slot of %s %s, is %s',
  ([name, browserName, browserVersion, expected]) => {
    const slot = { browserName, ...(browserVersion !== undefined && { browserVersion }) };
    expect(isSlotFor(gridBrowserOf(name)!, slot)).toBe(expected);
  },
);

test('gridBrowserOf() is undefined for what no Grid knows', () => {
  expect(gridBrowserOf('opera')).toBeUndefined();
  expect(gridBrowserOf('bot')).toBeUndefined();
});
