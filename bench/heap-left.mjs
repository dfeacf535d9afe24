// Preloaded into every Node process of a soak (`--import …/heap-left.mjs?to=FILE`): once in a while a line with what is left on
// its heap when garbage was just collected. Plain JavaScript, as it comes before any loader.
import { appendFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const EVERY_MS = 5000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const file = new URL(import.meta.url).searchParams.get('to');

setInterval(() => {
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  const main = basename(process.argv[1] ?? '');
  const line = { t: Date.now(), pid: process.pid, main, leftBytes: heapUsed + external, rssBytes: rss };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}, EVERY_MS).unref();
