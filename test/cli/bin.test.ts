import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { aPlan, temporaryFolder } from '../store/a-run.ts';

const BIN = fileURLToPath(new URL('../../bin/callrig.mjs', import.meta.url));

/** The real process, from the first line to its exit code. */
function callrig(words: string[], cwd: string) {
  const child = spawn(process.execPath, [BIN, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const read = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (read.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (read.err += text));
  const ended = once(child, 'close').then(([code]) => ({ code: Number(code), ...read }));
  return { child, ended };
}

test('callrig --version exits 0', async () => {
  const { code, out, err } = await callrig(['--version'], process.cwd()).ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('callrig plan takes a TypeScript scenario and config from anywhere', async () => {
  await using folder = await temporaryFolder();
  await writeFile(
    join(folder.path, 'mine.ts'),
    `import { defineScenario } from 'callrig';
     export default defineScenario({
       name: 'mine', summary: 'A call.', guardsAgainst: 'None.', roles: ['caller', 'callee'],
       script: async ({ caller }): Promise<void> => { await caller.join(); },
     });`,
  );
  await writeFile(
    join(folder.path, 'callrig.config.ts'),
    `import { defineConfig } from 'callrig';
     export default defineConfig({ browser: { opera: ${JSON.stringify(`chromium:${process.execPath}`)} } , pairs: ['opera:opera'] });`,
  );
  const { code, out, err } = await callrig(['plan', './mine.ts'], folder.path).ended;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({ scenario: { name: 'mine' }, cells: [{ id: 'opera:opera' }] });
});

test('callrig plan says where a scenario does not parse, exits 104 and shows no stack', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'broken.ts'), 'export default {\n  name: ;\n}');
  const { code, out, err } = await callrig(['plan', './broken.ts'], folder.path).ended;
  expect(code).toBe(104);
  expect(out).toBe('');
  expect(err).toMatch(
    /^callrig: a problem\n {2}broken\.ts:2:9: expected a file that parses, got Unexpected ";"\n$/,
  );
});

test('callrig plan says which line of a scenario threw', async () => {
  await using folder = await temporaryFolder();
  await writeFile(
    join(folder.path, 'throws.ts'),
    `interface Lines { of: 'types' }\n\nexport default {};\nthrow new Error('no');\n`,
  );
  const { code, err } = await callrig(['plan', './throws.ts'], folder.path).ended;
  expect(code).toBe(104);
  expect(err).toContain('throws.ts:4:7: expected a file that runs when imported, got Error: no');
});

test('callrig serve ends with 0 if SIGINT comes', async ({ skip }) => {
  if (process.platform === 'win32') return skip('Windows has no SIGINT to send');
  await using folder = await temporaryFolder();
  await mkdir(join(folder.path, 'r1'));
  await writeFile(join(folder.path, 'r1/plan.json'), JSON.stringify(aPlan()));
  const { child, ended } = callrig(['serve', './r1'], folder.path);
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  expect(await ended).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\n$/),
  });
});

test('callrig list exits 0 if nobody reads what it prints', async () => {
  const { child, ended } = callrig(['list', '--json'], process.cwd());
  child.stdout.destroy();
  expect(await ended).toMatchObject({ code: 0, err: '' });
});
