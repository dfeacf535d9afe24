import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { findCommand } from '../../harness/setup/processes.mjs';
import { labTest } from '../helpers/lab.ts';
import { TestFolder } from '../helpers/programs.ts';

const BIN = fileURLToPath(new URL('../../bin/callrig.mjs', import.meta.url));

/** Runs `callrig run turn-fallback --network lab …` where these commands are no programs, with a browser that tells when launched. */
async function runWithout(commands: string[], flags: string[]) {
  using folder = new TestFolder();
  const launches = join(folder.path, 'launches');
  const opera = folder.file('opera', `#!/bin/sh\necho launched >${launches}\n`, 0o755);
  const hide = commands.map((command) => {
    const path = findCommand(command, process.env);
    return path === undefined ? '' : `mount --bind /dev/null ${realpathSync(path)};`;
  });
  const script = `set -e; ${hide.join(' ')} exec "$@"`;
  const unshare = ['-m', ...(process.getuid?.() === 0 ? [] : ['-U', '-r']), 'sh', '-c', script, 'sh'];
  const words = 'run turn-fallback --network lab --iterations 1 --browsers opera --browser'.split(' ');
  const callrig = [process.execPath, BIN, ...words, `opera=chromium:${opera}`, '--out', folder.path];
  const child = spawn('unshare', [...unshare, ...callrig, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr, hasLaunched: existsSync(launches) };
}

describe.for([
  ['nft', 'nftables'],
  ['ip', 'iproute'],
] as const)('callrig run without %s', ([command, name]) => {
  labTest('is unsupported, exits 111 and says how to get it', async () => {
    const { exitCode, stdout, stderr, hasLaunched } = await runWithout([command], []);
    expect(exitCode).toBe(111);
    expect(stdout).toContain('nothing ran');
    expect(stdout).toContain(`the command ${command}`);
    expect(stderr).toContain('npm run setup -- --with lab');
    expect(stderr).toContain(name);
    expect(hasLaunched).toBe(false);
  });
});

describe.for([
  ['turnserver', 'coturn', []],
  ['dumpcap', '(tshark|wireshark)', ['--pcap', '--only', 'direct']],
] as const)('callrig run in a lab without %s', ([command, name, flags]) => {
  labTest('exits 112 before it launches anything, and says how to get it', async () => {
    const { exitCode, stdout, stderr, hasLaunched } = await runWithout([command], [...flags]);
    expect(exitCode).toBe(112);
    expect(stdout).toBe('');
    expect(stderr).toMatch(new RegExp(`install.* ${name}`));
    expect(hasLaunched).toBe(false);
  });
});
