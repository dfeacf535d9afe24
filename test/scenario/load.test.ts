import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Problem } from '../../harness/errors.ts';
import { CATALOGUE, loadScenario, scenarioNames } from '../../harness/scenario/load.ts';
import { importNatively } from '../commands/memory-io.ts';
import { temporaryFolder } from '../store/a-run.ts';

const BODY = `summary: 'A call.', guardsAgainst: 'None.', roles: ['caller'], script: async () => {}`;

/** A folder with files in it, and a catalogue in `scenarios/` of it. */
async function aProject(files: Record<string, string>) {
  const folder = await temporaryFolder();
  await mkdir(join(folder.path, 'scenarios'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  return folder;
}

async function load(folder: { path: string }, name: string) {
  const problems: Problem[] = [];
  const options = {
    cwd: folder.path,
    catalogue: join(folder.path, 'scenarios'),
    importModule: importNatively,
  };
  return { loaded: await loadScenario(name, options, problems), problems };
}

test('loadScenario() loads a name of the catalogue', async () => {
  await using folder = await aProject({ 'scenarios/one.mjs': `export default { name: 'one', ${BODY} }` });
  const { loaded, problems } = await load(folder, 'one');
  expect(problems).toEqual([]);
  expect(loaded).toMatchObject({ scenario: { name: 'one' }, file: join(folder.path, 'scenarios/one.mjs') });
});

test('loadScenario() loads a file by its path', async () => {
  await using folder = await aProject({ 'my-call.mjs': `export default { name: 'my-own', ${BODY} }` });
  expect((await load(folder, './my-call.mjs')).loaded?.scenario.name).toBe('my-own');
});

test('loadScenario() names the nearest scenario if there is none of that name', async () => {
  await using folder = await aProject({ 'scenarios/p2p-call.mjs': '' });
  expect((await load(folder, 'p2p-cal')).problems).toEqual([
    expect.objectContaining({ path: 'scenario', got: '"p2p-cal"', hint: 'did you mean p2p-call?' }),
  ]);
});

test('loadScenario() has one problem if the file is not there', async () => {
  await using folder = await aProject({});
  expect((await load(folder, 'a/b.ts')).problems).toEqual([
    { path: 'scenario', expected: 'a file', got: 'a/b.ts, which is not there' },
  ]);
});

test('loadScenario() has one problem if the name is not as the file is called', async () => {
  await using folder = await aProject({ 'scenarios/one.mjs': `export default { name: 'two', ${BODY} }` });
  expect((await load(folder, 'one')).problems).toEqual([
    { path: 'scenarios/one.mjs: name', expected: '"one", as the file is called', got: '"two"' },
  ]);
});

test('loadScenario() says where if the file throws when it is imported', async () => {
  await using folder = await aProject({
    'x.mjs': `\nexport default {};\nthrow new TypeError('no such thing');\n`,
  });
  expect((await load(folder, './x.mjs')).problems).toEqual([
    expect.objectContaining({ path: 'x.mjs:3:7', got: 'TypeError: no such thing' }),
  ]);
});

test('loadScenario() has one problem if the file has no default export', async () => {
  await using folder = await aProject({ 'x.mjs': `export const name = 'x';` });
  expect((await load(folder, './x.mjs')).problems).toEqual([
    { path: 'x.mjs', expected: 'a default export', got: 'none' },
  ]);
});

test('loadScenario() loads every scenario of the real catalogue', async () => {
  const options = { cwd: CATALOGUE, importModule: importNatively };
  for (const name of await scenarioNames()) {
    const problems: Problem[] = [];
    expect((await loadScenario(name, options, problems))?.scenario.name).toBe(name);
    expect(problems).toEqual([]);
  }
});
