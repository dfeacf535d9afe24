import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../harness/config/load-config.ts';
import type { Problem } from '../../harness/errors.ts';
import { importNatively } from '../commands/memory-io.ts';
import { temporaryFolder } from '../store/a-run.ts';

test('loadConfig() finds callrig.config in the working folder', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'callrig.config.mjs'), `export default { browsers: ['chrome'] }`);
  const problems: Problem[] = [];
  expect(await loadConfig({ importModule: importNatively, cwd: folder.path }, problems)).toMatchObject({
    values: { browsers: ['chrome'] },
    shown: 'callrig.config.mjs',
  });
  expect(problems).toEqual([]);
});

test('loadConfig() is undefined without a problem if there is none', async () => {
  await using folder = await temporaryFolder();
  const problems: Problem[] = [];
  expect(await loadConfig({ importModule: importNatively, cwd: folder.path }, problems)).toBeUndefined();
  expect(problems).toEqual([]);
});

test('loadConfig() has a problem if the file that was named is not there', async () => {
  await using folder = await temporaryFolder();
  const problems: Problem[] = [];
  await loadConfig({ importModule: importNatively, cwd: folder.path, named: 'x.ts' }, problems);
  expect(problems).toEqual([{ path: '--config', expected: 'a file', got: 'x.ts, which is not there' }]);
});

test('loadConfig() names the nearest key for every unknown one', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'c.mjs'), `export default { browserz: [], fresh_browsers: true }`);
  const problems: Problem[] = [];
  await loadConfig({ importModule: importNatively, cwd: folder.path, named: 'c.mjs' }, problems);
  expect(problems).toEqual([
    expect.objectContaining({ path: 'c.mjs: browserz', hint: 'did you mean browsers?' }),
    expect.objectContaining({ path: 'c.mjs: fresh_browsers', hint: 'did you mean freshBrowsers?' }),
  ]);
});

test('loadConfig() has one problem if the default export is no object', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'c.mjs'), `export default () => ({})`);
  const problems: Problem[] = [];
  await loadConfig({ importModule: importNatively, cwd: folder.path, named: 'c.mjs' }, problems);
  expect(problems).toEqual([expect.objectContaining({ path: 'c.mjs', got: 'function' })]);
});
