import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { countSlots } from '../../../harness/grid/status.ts';
import { RunResult } from '../../../harness/result.ts';
import { runsFolder, startCli } from '../../helpers/cli.ts';
import { gridTest, noGrid, openTestGrid, type TestGrid, type TestNode } from '../../helpers/grid.ts';

const USER = 'tester';
const PASSWORD = 'not-to-be-seen';
const ENV = { CALLRIG_GRID_USER: USER, CALLRIG_GRID_PASSWORD: PASSWORD };
/** Until a Grid has ended a session that it was asked to end. */
const ENDED_MS = 30_000;

let grid: TestGrid;
let nodes: TestNode[];

beforeAll(async () => {
  if (noGrid !== undefined) return;
  grid = await openTestGrid({ user: USER, password: PASSWORD });
  nodes = await Promise.all([grid.addNode({ slots: 1 }), grid.addNode({ slots: 1 })]);
});

afterAll(async () => {
  await grid?.[Symbol.asyncDispose]();
});

const start = (out: string, flags: string[]) =>
  startCli(['run', 'p2p-call', '--grid', grid.url, '--pairs', 'chrome:chrome', '--out', out, ...flags], ENV);

const freeSlots = async () => countSlots(await grid.client.status()).free;

/** Resolves with how many slots are free: as many as wanted, unless the time is over. */
async function freeSlotsOnceThere(wanted: number): Promise<number> {
  const deadline = performance.now() + ENDED_MS;
  while ((await freeSlots()) !== wanted && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return freeSlots();
}

gridTest(
  'callrig run --grid calls in browsers of a real Grid, gives them back, and tells no password',
  async () => {
    await using out = await runsFolder();
    await using cli = start(out.path, [
      '--hold',
      '2s',
      '--fresh-browsers',
      '--json',
      '--threshold',
      'fps_received=avg>0',
    ]);
    const { exitCode, stdout, stderr } = await cli.ended;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const result = RunResult.parse(JSON.parse(stdout));
    expect(result).toMatchObject({ status: 'passed', environment: { grid: grid.url } });
    const [folder = ''] = await readdir(out.path);
    const files = await readdir(join(out.path, folder), { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files
        .filter((file) => file.isFile())
        .map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
    );
    const secret = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
    expect(
      [...texts, stdout, stderr].filter((text) => text.includes(PASSWORD) || text.includes(secret)),
    ).toEqual([]);
    const record: unknown = JSON.parse(
      texts[files.filter((file) => file.isFile()).findIndex(({ name }) => name === 'call.json')]!,
    );
    // Processes of other machines are not measured, and that is not 0.
    expect(record).toMatchObject({
      peers: { caller: { kind: 'chromium', driver: 'puppeteer', process: [] } },
    });
    expect(record).not.toHaveProperty('peers.caller.pid');
    expect(await freeSlots()).toBe(2);
  },
);

gridTest('callrig run --grid leaves no session behind if it is killed', async () => {
  await using out = await runsFolder();
  await using cli = start(out.path, ['--hold', '2m']);
  await cli.sees(/: hold/);
  expect(await freeSlots()).toBe(1);
  cli.kill('SIGKILL');
  await cli.ended;
  expect(await freeSlotsOnceThere(2)).toBe(2);
});

gridTest(
  'callrig run --grid errors the call whose node is lost, and the next one passes on another',
  async () => {
    // A second try finds one of them gone.
    while (nodes.length < 2) nodes.push(await grid.addNode({ slots: 1 }));
    await using out = await runsFolder();
    await using cli = start(out.path, ['--hold', '3s', '--iterations', '2', '--json']);
    await cli.sees(/: hold/);
    const { nodes: known } = await grid.client.status();
    const isTaken = (uri: string) =>
      known.some((node) => node.uri === uri && node.slots.some(({ session }) => session !== undefined));
    const index = nodes.findIndex(({ uri }) => isTaken(uri));
    const [lost] = nodes.splice(index, 1);
    await lost!.kill();
    const { exitCode, stdout } = await cli.ended;
    expect(exitCode).toBe(112);
    const { calls } = RunResult.parse(JSON.parse(stdout));
    expect(calls).toMatchObject([{ status: 'errored', phase: 'agent' }, { status: 'passed' }]);
    expect(calls[0]!.headline).toContain(lost!.uri);
  },
);
