import { readdir, readFile } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Plain values in, plain values out: no file, socket, process or clock. */
const PURE = [
  'load',
  'capacity',
  'topology',
  'plan',
  'stats',
  'metrics',
  'verdict',
  'features',
  'known',
  'media',
  'versions',
].map((room) => `harness/${room}/`);
const PURE_FILES = [
  'harness/units.ts',
  'harness/errors.ts',
  'harness/exit-codes.ts',
  'harness/result.ts',
  'harness/nearest.ts',
  'harness/random.ts',
  'harness/printable.ts',
];
const EFFECTFUL = [
  ...[
    'lifecycle',
    'collector',
    'monitor',
    'simulation',
    'export',
    'store',
    'browser',
    'grid',
    'network',
    'turn',
    'peer',
    'fleet',
    'commands',
    'setup',
    'config',
    'start',
  ].map((room) => `harness/${room}/`),
  'harness/cli.ts',
  'harness/main.ts',
  'harness/run-scenario.ts',
];

interface Import {
  /** Both relative to the root, with `/`. */
  from: string;
  to: string;
  typeOnly: boolean;
}

interface Rule {
  title: string;
  isBroken: (found: Import) => boolean;
}

const isIn = (file: string, rooms: readonly string[]): boolean =>
  rooms.some((room) => (room.endsWith('/') ? file.startsWith(room) : file === room));
/** Tools that rewrite generated documentation: run by hand, part of no room's work. */
const isTool = (file: string): boolean => /(^|\/)write-[a-z-]+\.ts$/.test(file);
const isPure = (file: string): boolean => isIn(file, [...PURE, ...PURE_FILES]) && !isTool(file);

const RULES: readonly Rule[] = [
  {
    title: 'pure rooms import no effectful one',
    isBroken: ({ from, to, typeOnly }) => isPure(from) && isIn(to, EFFECTFUL) && !typeOnly,
  },
  {
    title: 'the plan, the statistics, the metrics and the verdict touch no file, socket or process',
    isBroken: ({ from, to }) =>
      isPure(from) && /^node:(fs|net|http|child_process|dgram|tls|worker_threads)/.test(to),
  },
  {
    title: 'scenario imports no effectful room',
    isBroken: ({ from, to, typeOnly }) =>
      from.startsWith('harness/scenario/') && isIn(to, EFFECTFUL) && !typeOnly,
  },
  {
    title: 'reports import only pure rooms of the harness, and types',
    isBroken: ({ from, to, typeOnly }) =>
      from.startsWith('reports/') && to.startsWith('harness/') && !isPure(to) && !typeOnly,
  },
  {
    title: 'fleet knows peers, not browsers',
    isBroken: ({ from, to, typeOnly }) =>
      from.startsWith('harness/fleet/') && to.startsWith('harness/browser/') && !typeOnly,
  },
  {
    title: 'nothing imports commands but the command line',
    isBroken: ({ from, to }) =>
      to.startsWith('harness/commands/') &&
      !from.startsWith('harness/commands/') &&
      !isIn(from, ['harness/cli.ts', 'harness/main.ts']) &&
      !from.startsWith('test/'),
  },
  {
    title: 'signaling-stub stands alone',
    isBroken: ({ from, to }) => from.startsWith('signaling-stub/') && /^(harness|reports)\//.test(to),
  },
  {
    title: 'scenarios import only harness/index.ts',
    isBroken: ({ from, to }) => from.startsWith('scenarios/') && to !== 'harness/index.ts',
  },
  {
    title: 'examples import only harness/index.ts, themselves and packages',
    isBroken: ({ from, to }) =>
      from.startsWith('examples/') &&
      /^(harness|reports|signaling-stub|scenarios)\//.test(to) &&
      to !== 'harness/index.ts',
  },
  {
    title: 'what runs in the page imports nothing of Node',
    isBroken: ({ from, to }) => from.startsWith('harness/peer/agent/') && to.startsWith('node:'),
  },
];

const STATEMENT = /^\s*(import|export)\s+(type\s+)?([^'"`;]*?\s+from\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** What a file imports: statements, re-exports and dynamic imports of a literal. */
function importsOf(from: string, text: string): Import[] {
  const code = text.replaceAll(COMMENT, '');
  const statements = [...code.matchAll(STATEMENT)].map(([, , type, names = '', to = '']) => ({
    from,
    to: target(from, to),
    typeOnly: type !== undefined || onlyTypes(names),
  }));
  // `import('…').Type` in a type position names a type; a call is awaited or returned.
  const dynamic = [...code.matchAll(DYNAMIC)].map(([, to = '']) => ({
    from,
    to: target(from, to),
    typeOnly: false,
  }));
  return [...statements, ...dynamic];
}

/** Whether every name in `{ type A, type B } from` is a type. */
function onlyTypes(names: string): boolean {
  const braces = /^\{([^}]*)\}\s+from\s+$/.exec(names)?.[1];
  if (braces === undefined) return false;
  const each = braces.split(',').map((name) => name.trim());
  return each.filter((name) => name !== '').every((name) => name.startsWith('type '));
}

function target(from: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier;
}

async function allImports(root: string): Promise<Import[]> {
  const imports: Import[] = [];
  for (const room of ['harness', 'reports', 'signaling-stub', 'scenarios', 'examples']) {
    const entries = await readdir(join(root, room), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isFile() || !/\.m?ts$|\.mjs$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      const name = relative(root, path).split(sep).join('/');
      imports.push(...importsOf(name, await readFile(path, 'utf8')));
    }
  }
  return imports;
}

const real = await allImports(ROOT);

test('importsOf() sees every kind of import', () => {
  const text = `
    import a from './a.ts';
    import { type B, c } from "../b/b.ts";
    import type { D } from './d.ts';
    import { type E, type F } from './e.ts';
    export * from './g.ts';
    import './h.ts';
    import {
      i,
    } from './i.ts';
    const j = await import('./j.ts');
    // import './k.ts';
    /* import './l.ts'; */
    import fs from 'node:fs';
  `;
  expect(importsOf('x/y.ts', text).map(({ to, typeOnly }) => (typeOnly ? `type ${to}` : to))).toEqual([
    'x/a.ts',
    'b/b.ts',
    'type x/d.ts',
    'type x/e.ts',
    'x/g.ts',
    'x/h.ts',
    'x/i.ts',
    'node:fs',
    'x/j.ts',
  ]);
});

test('allImports() reads the repository', () => {
  expect(real.length).toBeGreaterThan(100);
  expect(real.some(({ from, to }) => from === 'harness/cli.ts' && to === 'harness/errors.ts')).toBe(true);
});

test.for(RULES)('$title', ({ isBroken }) => {
  expect(real.filter(isBroken).map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
});

test.for([
  ['harness/verdict/judge.ts', `import { createRunStore } from '../store/run-store.ts';`, 0],
  ['harness/metrics/derive.ts', `import { readFileSync } from 'node:fs';`, 1],
  ['harness/scenario/load.ts', `const { runPlan } = await import('../fleet/run-plan.ts');`, 2],
  ['reports/junit.ts', `import { LAYOUT } from '../harness/store/layout.ts';`, 3],
  ['harness/fleet/run-plan.ts', `import { LocalHost } from '../browser/local-host.ts';`, 4],
  ['harness/store/open-run.ts', `import { printJson } from '../commands/io.ts';`, 5],
  ['signaling-stub/server.ts', `import type { RunEvent } from '../harness/store/layout.ts';`, 6],
  ['scenarios/p2p-call.ts', `import { judge } from '../harness/verdict/judge.ts';`, 7],
  [
    'examples/ours/adapter.ts',
    `import { openSignalingClient } from '../../signaling-stub/client/client.ts';`,
    8,
  ],
  ['harness/peer/agent/main.ts', `import { once } from 'node:events';`, 9],
] as const)('%s breaks a rule if it says: %s', ([from, text, rule]) => {
  const found = importsOf(from, text);
  expect(RULES.flatMap((each, index) => (found.some(each.isBroken) ? [index] : []))).toEqual([rule]);
});
