import { expect, test } from 'vitest';
import { expandMatrix, isMeant, parsePair } from '../../harness/plan/matrix.ts';

const roles = ['caller', 'callee'];
const ids = (options: Parameters<typeof expandMatrix>[0]) => expandMatrix(options).map((cell) => cell.id);

test.for([
  {
    matrix: 'ordered' as const,
    cells: ['chrome:chrome', 'chrome:firefox', 'firefox:chrome', 'firefox:firefox'],
  },
  { matrix: 'same' as const, cells: ['chrome:chrome', 'firefox:firefox'] },
  { matrix: [{ callee: 'firefox', caller: 'opera' }], cells: ['opera:firefox'] },
])('expandMatrix() gives $cells for $matrix', ({ matrix, cells }) => {
  expect(ids({ roles, matrix, browsers: ['chrome', 'firefox'] })).toEqual(cells);
});

test('expandMatrix() gives every assignment of three roles', () => {
  const cells = ids({ roles: ['a', 'b', 'c'], matrix: 'ordered', browsers: ['x', 'y'] });
  expect(cells).toHaveLength(8);
  expect(new Set(cells).size).toBe(8);
});

test('expandMatrix() deals browsers round over the roles, and once more from every other one on', () => {
  const dealt = (count: number, browsers: string[]) =>
    ids({ roles: ['a', 'b', 'c', 'd'].slice(0, count), matrix: 'dealt', browsers });
  expect(dealt(4, ['x', 'y'])).toEqual(['x:y:x:y', 'y:x:y:x']);
  expect(dealt(3, ['x', 'y', 'z'])).toEqual(['x:y:z', 'y:z:x', 'z:x:y']);
  expect(dealt(3, ['x'])).toEqual(['x:x:x']);
});

test('expandMatrix() gives a manual role to a person in every cell', () => {
  const cells = expandMatrix({
    roles,
    matrix: 'ordered',
    browsers: ['chrome', 'firefox'],
    manualRoles: ['callee'],
  });
  expect(cells).toEqual([
    { id: 'chrome:manual', assignment: { caller: 'chrome', callee: 'manual' } },
    { id: 'firefox:manual', assignment: { caller: 'firefox', callee: 'manual' } },
  ]);
});

test('expandMatrix() gives each cell once if a list repeats it', () => {
  const cell = { caller: 'chrome', callee: 'chrome' };
  expect(ids({ roles, matrix: [cell, cell], browsers: ['chrome'] })).toEqual(['chrome:chrome']);
});

test('parsePair() is undefined if the names are not as many as the roles', () => {
  expect(parsePair('chrome:firefox', roles)).toEqual({ caller: 'chrome', callee: 'firefox' });
  expect(parsePair('chrome', roles)).toBeUndefined();
  expect(parsePair('chrome::', ['a', 'b', 'c'])).toBeUndefined();
});

test.for([
  ['chrome:firefox', 'chrome:*', true],
  ['firefox:chrome', 'chrome:*', false],
  ['firefox:chrome', '*:chrome', true],
  ['chrome:firefox', 'fire', true],
  ['chrome-beta:chrome', 'chrome-beta', true],
  ['chrome:chrome', '*.*', false],
] as const)('isMeant(%s, %s) is %s', ([cell, pattern, expected]) => {
  expect(isMeant(cell, pattern)).toBe(expected);
});
