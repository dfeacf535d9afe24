// Started by watch-sessions.ts with the harness's end of a pipe as stdin, which tells of each session that is opened or
// ended, a line of JSON each. When the harness is gone, for whatever reason (also `kill -9`), the pipe ends: then the
// sessions it left are ended, whose slots would be taken until the Grid finds them idle. What lets us into the Grid
// comes through the pipe, so that no file and no command line holds it.
import { createInterface } from 'node:readline';

const DELETE_MS = 10_000;
const open = new Map();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.stdin.on('error', () => {});
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const { opened, ended, authorization } = JSON.parse(line);
  if (opened) open.set(opened, authorization);
  if (ended) open.delete(ended);
});
lines.on('close', () => {
  void Promise.allSettled([...open].map(end)).then(() => process.exit(0));
});

async function end([url, authorization]) {
  await fetch(url, {
    method: 'DELETE',
    headers: { 'content-type': 'application/json; charset=utf-8', ...(authorization && { authorization }) },
    signal: AbortSignal.timeout(DELETE_MS),
  });
}
