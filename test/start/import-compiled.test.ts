import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { Problem } from '../../harness/errors.ts';
import { importFile } from '../../harness/scenario/import-file.ts';
import { importCompiled } from '../../harness/start/import-compiled.mjs';
import { temporaryFolder } from '../store/a-run.ts';

const INDEX = fileURLToPath(new URL('../../harness/index.ts', import.meta.url));

/** A user's project, and a stand-in for the running public API. */
async function aProject(files: Record<string, string>) {
  const folder = await temporaryFolder();
  const api = join(folder.path, 'api.mjs');
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(folder.path, name)), { recursive: true });
    await writeFile(join(folder.path, name), text);
  };
  await write('api.mjs', `export class Running {}`);
  for (const [name, text] of Object.entries(files)) await write(name, text);
  const importModule = importCompiled({ cache: join(folder.path, 'cache'), api: pathToFileURL(api).href });
  return {
    ...folder,
    api,
    write,
    async load(name: string) {
      const problems: Problem[] = [];
      const file = join(folder.path, name);
      return { value: await importFile({ file, shown: name, importModule }, problems), problems };
    },
  };
}

test('importCompiled() understands TypeScript and relative imports', async () => {
  await using project = await aProject({
    'a.ts': `import { half } from './lib/half.ts';\nexport default half(84) satisfies number;`,
    'lib/half.ts': `export const half = (n: number): number => n / 2;`,
  });
  expect(await project.load('a.ts')).toEqual({ value: 42, problems: [] });
});

test.for(['callrig', INDEX])('importCompiled() gives the running instance for %s', async (specifier) => {
  const text = `import { Running } from ${JSON.stringify(specifier)};\nexport default Running;`;
  await using project = await aProject({ 'a.ts': text });
  const running = (await import(pathToFileURL(project.api).href)) as { Running: unknown };
  expect((await project.load('a.ts')).value).toBe(running.Running);
});

test('importCompiled() finds packages from where the file is', async () => {
  await using project = await aProject({
    'a.ts': `import word from 'some-package';\nimport { sep } from 'node:path';\nexport default word + sep.length;`,
    'node_modules/some-package/package.json': `{"name":"some-package","type":"module","exports":"./it.js"}`,
    'node_modules/some-package/it.js': `export default 'found';`,
  });
  expect(await project.load('a.ts')).toEqual({ value: 'found1', problems: [] });
});

test('importCompiled() imports a file anew if it or what it imports changed', async () => {
  await using project = await aProject({
    'a.ts': `export { default } from './b.ts';`,
    'b.ts': `export default 'before';`,
  });
  expect((await project.load('a.ts')).value).toBe('before');
  expect((await project.load('a.ts')).value).toBe('before');
  await project.write('b.ts', `export default 'afterwards';`);
  expect((await project.load('a.ts')).value).toBe('afterwards');
});

test('importCompiled() gives each file its own import.meta.url', async () => {
  await using project = await aProject({ 'a.ts': `export default import.meta.url;` });
  expect((await project.load('a.ts')).value).toBe(pathToFileURL(join(project.path, 'a.ts')).href);
});

test('importCompiled() imports a file if the cache cannot be written', async () => {
  await using project = await aProject({ cache: 'a file, not a folder', 'a.ts': `export default 'read';` });
  expect(await project.load('a.ts')).toEqual({ value: 'read', problems: [] });
});

test('importFile() has one problem with file, line and column if a file does not parse', async () => {
  await using project = await aProject({ 'a.ts': `export default {\n  name: 'x',\n  roles: [,\n` });
  expect((await project.load('a.ts')).problems).toEqual([
    { path: 'a.ts:4:1', expected: 'a file that parses', got: expect.stringContaining('end of file') },
  ]);
});

test('importFile() names the file that does not parse if it is another', async () => {
  await using project = await aProject({ 'a.ts': `import './b.ts';`, 'b.ts': `const = 1;` });
  expect((await project.load('a.ts')).problems).toEqual([expect.objectContaining({ path: 'b.ts:1:7' })]);
});

test('importFile() has a problem for each import that is not there', async () => {
  await using project = await aProject({ 'a.ts': `import 'no-such-package';\nimport './nosuch.ts';` });
  expect((await project.load('a.ts')).problems).toEqual([
    expect.objectContaining({ path: 'a.ts:1:8', hint: 'install it: npm install --save-dev no-such-package' }),
    { path: 'a.ts:2:8', expected: 'imports that are there', got: 'no ./nosuch.ts' },
  ]);
});
