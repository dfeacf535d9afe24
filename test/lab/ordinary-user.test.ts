import { execFile } from 'node:child_process';
import { chownSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { RunResult } from '../../harness/result.ts';
import { labTest } from '../helpers/lab.ts';
import { TestFolder } from '../helpers/programs.ts';

const BIN = fileURLToPath(new URL('../../bin/callrig.mjs', import.meta.url));
const NOBODY = 65_534;
const AS_NOBODY = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--'];

/** Needs NATs and a TURN server, and no impairment: /dev/net/tun is often root's alone. */
const SCENARIO = `export default {
  name: 'mine', summary: 'A call.', guardsAgainst: 'Labs for root only.', roles: ['caller', 'callee'], levels: ['lab'],
  network: { caller: { nat: 'symmetric' }, callee: { nat: 'symmetric' } },
  ice: { servers: ['stun', 'turn-udp'] },
  duration: '4s',
  thresholds: { connection_success: ['rate==1'] },
  async script({ caller, callee, step, hold }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    await step('hold', () => hold());
    await step('hang-up', () => caller.hangUp());
  },
};`;

const run = promisify(execFile);

async function isRefused(command: string, args: string[]): Promise<boolean> {
  return run(command, args).then(
    () => false,
    () => true,
  );
}

labTest('run makes a whole call in the lab as an ordinary user', async ({ skip }) => {
  skip(process.getuid?.() !== 0, 'this is an ordinary user already: the other tests of the lab say it');
  const trial = [...AS_NOBODY, 'unshare', '-Urn', 'true'];
  skip(await isRefused('setpriv', trial), 'ordinary users get no namespaces here');
  const reading = [...AS_NOBODY, process.execPath, '--check', BIN];
  skip(await isRefused('setpriv', reading), 'ordinary users cannot read this repository');
  using folder = new TestFolder();
  const scenario = folder.file('mine.mjs', SCENARIO);
  for (const each of [folder.path, scenario]) chownSync(each, NOBODY, NOBODY);
  const words = [
    'run',
    scenario,
    '--pairs',
    'chrome:firefox',
    '--stats-interval',
    '500ms',
    '--out',
    folder.path,
  ];
  const { stderr } = await run('setpriv', [...AS_NOBODY, process.execPath, BIN, ...words], {
    cwd: folder.path,
    env: { ...process.env, HOME: folder.path, TMPDIR: folder.path, XDG_RUNTIME_DIR: '' },
    // What came of it is in the result.
  }).catch((error: { stderr: string }) => error);
  expect(stderr).not.toContain('no lab');
  const text = await readFile(join(folder.path, 'latest/result.json'), 'utf8');
  const result = RunResult.parse(JSON.parse(text));
  // A busy machine may make it inconclusive, and says so; nothing else may.
  expect(result.reasons.filter(({ kind }) => kind !== 'saturation')).toEqual([]);
  expect(result.calls).toMatchObject([{ network: { level: 'lab' } }]);
  expect(result.metrics['connection_success']?.rate).toBe(1);
  // Symmetric NATs on both sides leave only a relay.
  const { caller, callee } = result.calls[0]!.peers;
  expect([caller?.selectedPair, callee?.selectedPair].join(' ')).toContain('relay');
});
