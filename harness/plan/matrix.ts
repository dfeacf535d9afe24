import type { Assignment, PlannedCell } from './plan.ts';

/**
 * Which browsers take which roles.
 *
 * - `ordered`: every assignment there is, which for many roles are very many.
 * - `same`: one browser in every role.
 * - `dealt`: like cards, one browser after another, and once more from every other one on: rooms of mixed browsers, in
 *   which each takes every place.
 */
export type MatrixRule = 'ordered' | 'same' | 'dealt';

export const MATRIX_RULES: readonly MatrixRule[] = ['ordered', 'same', 'dealt'];

/** The name that stands for a person's own browser, in pairs and assignments. */
export const MANUAL = 'manual';

export interface MatrixOptions {
  roles: readonly string[];
  matrix: MatrixRule | readonly Assignment[];
  /** Names of the browsers there are, in the order the cells shall have. */
  browsers: readonly string[];
  /** Roles that a person plays in every cell. */
  manualRoles?: readonly string[];
}

/** The cells of a run: each a browser, or a person, for every role. No two are alike. */
export function expandMatrix({ roles, matrix, browsers, manualRoles = [] }: MatrixOptions): PlannedCell[] {
  const free = roles.filter((role) => !manualRoles.includes(role));
  const manual = Object.fromEntries(manualRoles.map((role) => [role, MANUAL]));
  const assignments = typeof matrix === 'string' ? assign(free, browsers, matrix) : matrix;
  const cells = new Map<string, PlannedCell>();
  for (const assignment of assignments) {
    const cell = toCell(roles, { ...assignment, ...manual });
    cells.set(cell.id, cell);
  }
  return [...cells.values()];
}

/** `chrome:firefox` → a browser by role; `undefined` when the names are not as many as the roles. */
export function parsePair(pair: string, roles: readonly string[]): Assignment | undefined {
  const names = pair.split(':');
  if (names.length !== roles.length || names.includes('')) return undefined;
  return Object.fromEntries(roles.map((role, index) => [role, names[index] ?? '']));
}

/**
 * Whether a cell is meant by `--only`: with a `*` the pattern covers the whole id (`chrome:*`), without it is a part of
 * the id (`firefox`).
 */
export function isMeant(cell: string, pattern: string): boolean {
  if (!pattern.includes('*')) return cell.includes(pattern);
  const escaped = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${escaped.join('.*')}$`).test(cell);
}

function assign(roles: readonly string[], browsers: readonly string[], matrix: MatrixRule): Assignment[] {
  if (matrix === 'same') {
    return browsers.map((browser) => Object.fromEntries(roles.map((role) => [role, browser])));
  }
  if (matrix === 'dealt') {
    return browsers.map((_, first) =>
      Object.fromEntries(roles.map((role, seat) => [role, browsers[(first + seat) % browsers.length]!])),
    );
  }
  let assignments: Assignment[] = [{}];
  for (const role of roles) {
    assignments = assignments.flatMap((assignment) =>
      browsers.map((browser) => ({ ...assignment, [role]: browser })),
    );
  }
  return assignments;
}

/** The cell with some of its roles only. */
export function withRoles({ assignment }: PlannedCell, roles: readonly string[]): PlannedCell {
  return toCell(roles, assignment);
}

function toCell(roles: readonly string[], assignment: Assignment): PlannedCell {
  const inOrder = roles.map((role) => [role, assignment[role] ?? ''] as const);
  return { id: inOrder.map(([, browser]) => browser).join(':'), assignment: Object.fromEntries(inOrder) };
}
