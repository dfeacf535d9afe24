import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterAll, expect } from 'vitest';
import { temporaryHome } from '../../harness/lifecycle/leftovers.mjs';

/** After each file: nothing that its tests started may still be there. */
afterAll(() => {
  expect({ processes: children(), profiles: profiles() }).toEqual({ processes: [], profiles: [] });
});

/** Processes this worker started, but for esbuild's service, which ends with the worker. */
function children(): string[] {
  if (process.platform === 'win32') return [];
  const list = execFileSync('ps', ['-axo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return list
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, command]) => Number(parent) === process.pid && command !== 'ps')
    .map((fields) => fields.slice(2).join(' '))
    .filter((command) => !/esbuild.*--service/.test(command));
}

function profiles(): string[] {
  try {
    return readdirSync(temporaryHome()).filter((name) => name.startsWith(`run-${process.pid}-`));
  } catch {
    return [];
  }
}
