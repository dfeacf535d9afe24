#!/usr/bin/env node
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CACHE, compiledHarness } from '../harness/start/compiled-harness.mjs';
import { importCompiled } from '../harness/start/import-compiled.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

async function fromCache({ main, api }) {
  const { start } = await import(main);
  await start(importCompiled({ cache: join(root, CACHE), api }));
}

/** Where the cache cannot be written, sources are loaded as they are: slower, and the same. */
async function fromSource() {
  const { register } = await import('tsx/esm/api');
  register();
  const { start } = await import('../harness/main.ts');
  await start((file) => import(pathToFileURL(file).href));
}

try {
  const compiled = await compiledHarness(root).catch(() => undefined);
  await (compiled ? fromCache(compiled) : fromSource());
} catch (error) {
  const hint = error.code === 'ERR_MODULE_NOT_FOUND' ? '\n  Install what Callrig needs: npm ci' : '';
  process.stderr.write(`callrig: cannot start: ${error.message}${hint}\n`);
  process.exitCode = 112;
}
