#!/usr/bin/env node
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CACHE, compiledHarness } from '../harness/start/compiled-harness.mjs';
import { importCompiled } from '../harness/start/import-compiled.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where the cache cannot be written, sources are loaded as they are: slower, and the same. */
async function fromSource() {
  const { register } = await import('tsx/esm/api');
  register();
  const { start } = await import('../harness/main.ts');
  return start((file) => import(pathToFileURL(file).href));
}

async function fromCache({ main, api }) {
  const { start } = await import(main);
  return start(importCompiled({ cache: join(root, CACHE), api }));
}

const compiled = await compiledHarness(root).catch((error) => {
  if (['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(error.code)) return undefined;
  throw error;
});
await (compiled ? fromCache(compiled) : fromSource());
