// Started by temporary-folder.ts with the harness's end of a pipe as stdin. When the harness is gone, for whatever
// reason (also `kill -9`), the pipe ends: then what it left is killed and removed. An orderly end leaves nothing to do.
import { removeRun } from './leftovers.mjs';

const folder = process.argv[2];
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.stdin.resume();
process.stdin.on('error', () => {});
process.stdin.on('close', () => {
  removeRun(folder);
  process.exit(0);
});
