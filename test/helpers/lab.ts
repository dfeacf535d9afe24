import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { toError } from '../../harness/errors.ts';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import { hostsFile, RESOLV_CONF } from '../../harness/network/lab/addresses.ts';
import { Keeper } from '../../harness/network/lab/keeper.ts';
import { Lab, type LabOptions } from '../../harness/network/lab/lab.ts';
import { parseNetwork } from '../../harness/topology/parse.ts';
import type { NetworkSpec } from '../../harness/topology/spec.ts';
import type { Topology } from '../../harness/topology/topology.ts';
import type { Problem } from '../../harness/errors.ts';

/** Two people at home: what most calls are. */
export const TWO_HOMES = topologyOf({
  caller: { nat: 'port-restricted' },
  callee: { nat: 'port-restricted' },
});

/** Why there can be no lab here; `undefined` when there can be. Tried once per file, for real. */
export const noLab: string | undefined = await whyNoLab();

if (noLab !== undefined) test.skip(`no lab here: ${noLab}`, () => {});

/** A test that needs a lab; skipped where there can be none. */
export const labTest = test.skipIf(noLab !== undefined);

/** @throws Error with everything wrong in it */
export function topologyOf(spec: NetworkSpec): Topology {
  const roles = 'peers' in spec && 'sites' in spec ? Object.keys(spec.peers) : Object.keys(spec);
  const problems: Problem[] = [];
  const topology = parseNetwork(spec, { roles, path: 'network' }, problems);
  if (!topology || problems.length > 0) throw new Error(JSON.stringify(problems));
  return topology;
}

export interface TestLab extends AsyncDisposable {
  lab: Lab;
  folder: string;
}

/** A lab with a folder of its own, which goes away with it. */
export async function openTestLab(
  topology?: Topology,
  options: Omit<LabOptions, 'folder'> = {},
): Promise<TestLab> {
  await using stack = new AsyncStack();
  const folder = labFolder(stack);
  const lab = stack.use(await Lab.open({ ...options, folder }));
  if (topology) await lab.apply(topology);
  const owned = stack.move();
  return { lab, folder, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
}

export interface TestKeeper extends AsyncDisposable {
  keeper: Keeper;
  folder: string;
}

/** Namespaces with nothing in them yet. */
export async function openTestKeeper(): Promise<TestKeeper> {
  await using stack = new AsyncStack();
  const folder = labFolder(stack);
  writeFileSync(join(folder, 'hosts'), hostsFile());
  writeFileSync(join(folder, 'resolv.conf'), RESOLV_CONF);
  const keeper = stack.use(await Keeper.open({ folder }));
  const owned = stack.move();
  return { keeper, folder, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
}

function labFolder(stack: AsyncStack): string {
  const folder = mkdtempSync(join(tmpdir(), 'callrig-lab-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function whyNoLab(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'network namespaces are Linux only';
  try {
    await using opened = await openTestKeeper();
    await opened.keeper.run('ip netns add there; ip netns exec there nft list tables');
    return undefined;
  } catch (error) {
    return toError(error).message;
  }
}
