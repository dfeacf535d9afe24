import { chmod, mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { CACHE, compiledHarness } from '../../harness/start/compiled-harness.mjs';
import { temporaryFolder } from '../store/a-run.ts';

/** A package as small as can be. */
async function aPackage(word = 'one') {
  const folder = await temporaryFolder();
  await mkdir(join(folder.path, 'harness'));
  const write = (name: string, text: string) => writeFile(join(folder.path, 'harness', name), text);
  await write('word.ts', `export const word: string = '${word}';\nexport const where = import.meta.url;`);
  await write('index.ts', `export { word } from './word.ts';`);
  await write('main.ts', `export { word, where } from './word.ts';`);
  return { ...folder, write };
}

const load = async (url: string): Promise<Record<string, unknown>> =>
  (await import(url)) as Record<string, unknown>;

test('compiledHarness() compiles main and index, each file with its own URL', async () => {
  await using made = await aPackage();
  const { main, api } = await compiledHarness(made.path);
  const where = pathToFileURL(join(made.path, 'harness/word.ts')).href;
  expect(await load(main)).toMatchObject({ word: 'one', where });
  expect(await load(api)).toMatchObject({ word: 'one' });
});

test('compiledHarness() is the same if nothing changed and another if something did', async () => {
  await using made = await aPackage();
  const first = await compiledHarness(made.path);
  expect(await compiledHarness(made.path)).toEqual(first);
  await made.write('word.ts', `export const word = 'three'; export const where = '';`);
  const second = await compiledHarness(made.path);
  expect(second.main).not.toBe(first.main);
  expect(await load(second.main)).toMatchObject({ word: 'three' });
});

test('compiledHarness() compiles the sources of each tree if several share their node_modules', async () => {
  await using one = await aPackage('one');
  await using two = await aPackage('two');
  await mkdir(join(one.path, 'node_modules'));
  await symlink(join(one.path, 'node_modules'), join(two.path, 'node_modules'));
  for (const [{ path }, word] of [[one, 'one'] as const, [two, 'two'] as const, [one, 'one'] as const])
    expect(await load((await compiledHarness(path)).main)).toMatchObject({ word });
});

test('compiledHarness() compiles again if the cache lost a part', async () => {
  await using made = await aPackage();
  await compiledHarness(made.path);
  await writeFile(join(made.path, CACHE, 'harness.json'), '{"fol');
  expect(await load((await compiledHarness(made.path)).main)).toMatchObject({ word: 'one' });
});

test('compiledHarness() works for several starts at once', async () => {
  await using made = await aPackage();
  const all = await Promise.all([1, 2, 3].map(() => compiledHarness(made.path)));
  expect(new Set(all.map(({ main }) => main)).size).toBe(1);
  expect(await load(all[0]?.main ?? '')).toMatchObject({ word: 'one' });
});

test('compiledHarness() removes builds older than a day and keeps younger ones', async () => {
  await using made = await aPackage();
  const cache = join(made.path, CACHE);
  await mkdir(join(cache, 'harness-old'), { recursive: true });
  await mkdir(join(cache, 'harness-young'));
  await utimes(join(cache, 'harness-old'), 1, 1);
  await compiledHarness(made.path);
  const names = await readdir(cache);
  expect(names).toContain('harness-young');
  expect(names).not.toContain('harness-old');
});

test('compiledHarness() rejects with the system’s code if the cache cannot be written', async () => {
  await using made = await aPackage();
  await mkdir(join(made.path, 'node_modules'));
  await writeFile(join(made.path, 'node_modules/.cache'), '');
  await chmod(join(made.path, 'node_modules/.cache'), 0o444);
  await expect(compiledHarness(made.path)).rejects.toMatchObject({ code: 'ENOTDIR' });
});
