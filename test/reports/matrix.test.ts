import { expect, test } from 'vitest';
import {
  arrangeMatrix,
  cellTitle,
  describeCell,
  matrixCells,
  routeTaken,
  timeToBoth,
} from '../../reports/matrix.ts';
import { buildComparison } from '../fixtures/reports/comparison.ts';
import { buildRun } from '../fixtures/reports/run.ts';

test('arrangeMatrix() puts callers down and callees across, with holes where nothing was planned', () => {
  const matrix = arrangeMatrix(buildRun().result);
  if (matrix.shape !== 'grid') throw new Error('expected a grid');
  expect(matrix.columns).toEqual(['chrome', 'firefox', 'opera']);
  expect(matrix.rows.map(({ name, cells }) => [name, ...cells.map((entry) => entry?.cell.status)])).toEqual([
    ['chrome', 'passed', 'failed', 'errored'],
    ['firefox', 'failed', 'inconclusive', undefined],
    ['opera', 'unsupported', undefined, undefined],
  ]);
});

test('arrangeMatrix() is a list if the scenario has three roles', () => {
  const { result } = buildRun();
  const three = { ...result, scenario: { ...result.scenario, roles: ['publisher', 'relay', 'subscriber'] } };
  expect(arrangeMatrix(three).shape).toBe('list');
});

test('matrixCells() leaves out calls of a cell that have no verdict', () => {
  const { result } = buildRun();
  const partial = { ...result, calls: result.calls.slice(1) };
  expect(matrixCells(partial)[0]).toMatchObject({
    passed: 2,
    calls: [{ id: '002-chrome-chrome' }, { id: '003-chrome-chrome' }],
  });
});

test('describeCell() names browsers in role order', () => {
  expect(describeCell(buildRun().result, { callee: 'firefox', caller: 'chrome' })).toBe('chrome → firefox');
});

test('timeToBoth() is the slower peer of a call, the median of several calls, and undefined if none got there', () => {
  const { calls } = buildRun().result;
  const of = (id: string) => calls.filter((call) => call.id === id);
  expect(timeToBoth(of('004-chrome-firefox'), 'first_frame_ms')).toBe(402);
  expect(timeToBoth([...of('001-chrome-chrome'), ...of('004-chrome-firefox')], 'first_frame_ms')).toBe(360);
  expect(timeToBoth(of('007-firefox-chrome'), 'connect_ms')).toBeUndefined();
});

test('arrangeMatrix() puts variants down and pairs across if there are variants', () => {
  const matrix = arrangeMatrix(buildComparison().result);
  if (matrix.shape !== 'grid') throw new Error('expected a grid');
  expect([matrix.down, matrix.across]).toEqual(['path', 'browsers']);
  expect(matrix.columns).toEqual([
    'chrome → chrome',
    'chrome → firefox',
    'firefox → chrome',
    'firefox → firefox',
  ]);
  expect(
    matrix.rows.map(({ name, cells }) => [name, ...cells.map((entry) => entry?.cell.status)])[6],
  ).toEqual(['port-443-only', 'passed', 'passed', 'failed', 'passed']);
});

test('cellTitle() names the variant, if there is one', () => {
  const { result } = buildComparison();
  expect(cellTitle(result, result.cells[1]!)).toBe('chrome → firefox, direct');
  expect(cellTitle(result, { assignment: { caller: 'chrome', callee: 'chrome' } })).toBe('chrome → chrome');
});

test('routeTaken() is relayed if either side is, counts both ways if calls differ, and undefined if none says', () => {
  const [call] = buildRun().result.calls;
  const via = (selectedPair: string, other?: string) => {
    const peer = call!.peers['caller']!;
    const pairs = { caller: selectedPair, ...(other !== undefined && { callee: other }) };
    const peers = Object.entries(pairs).map(
      ([role, pair]) => [role, { ...peer, selectedPair: pair }] as const,
    );
    return { ...call!, peers: Object.fromEntries(peers) };
  };
  const roles = ['caller', 'callee'];
  expect(routeTaken([via('srflx/udp → host/udp')], roles)).toBe('direct');
  expect(routeTaken([via('prflx/udp → relay/udp')], roles)).toBe('relayed');
  expect(routeTaken([via('srflx/udp → prflx/udp', 'relay/udp → srflx/udp')], roles)).toBe('relayed');
  expect(routeTaken([via('host/udp → host/udp'), via('relay/tcp → host/udp')], roles)).toBe(
    '1 direct, 1 relayed',
  );
  expect(routeTaken([call!], roles)).toBeUndefined();
});
