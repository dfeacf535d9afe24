import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AsyncStack } from '../harness/lifecycle/async-stack.ts';
import { CableProbe } from '../harness/network/impairment/cable-probe.ts';
import type { Cable } from '../harness/network/impairment/emulator.ts';
import { vethScript } from '../harness/network/impairment/netem.ts';
import type { Train } from '../harness/network/impairment/probe-plan.ts';
import { openWirefilter } from '../harness/network/impairment/wirefilter.ts';
import { Keeper } from '../harness/network/lab/keeper.ts';
import { Station } from '../harness/network/lab/station.ts';
import { type Figure, median } from './runs.ts';

const ROUNDS = 7;
/** 10 Mbit/s on the wire: 1242 bytes each 0.994 ms, for half a second. */
const LOAD: Train = { count: 500, payloadBytes: 1200, everyUs: 994 };
const UNIMPAIRED = { 'a-to-b': {}, 'b-to-a': {} };

const cable = (name: string): Cable => ({
  name,
  a: { namespace: 'left', interface: `${name}0` },
  b: { namespace: 'right', interface: `${name}1` },
});

/** What the user-space emulator adds to a cable's delay, against a cable of the kernel's own, in turn. */
export async function benchLinks(): Promise<Figure[]> {
  await using stack = new AsyncStack();
  const { plain, emulated } = await openCables(stack);
  const added: number[] = [];
  const lost: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [kernel, user] = [await load(plain), await load(emulated)];
    added.push(user.delayMs - kernel.delayMs);
    lost.push(100 * (user.lossRatio - kernel.lossRatio));
  }
  const from = `median of ${ROUNDS} rounds of 0.5 s at 10 Mbit/s each way, wirefilter against veth`;
  return [
    { name: 'delay the user-space emulator adds', value: median(added), unit: 'ms', limit: 1, from },
    {
      name: 'loss the user-space emulator adds',
      value: median(lost),
      unit: '% of packets',
      limit: 0.1,
      from,
    },
  ];
}

async function openCables(stack: AsyncStack): Promise<{ plain: CableProbe; emulated: CableProbe }> {
  const folder = await mkdtemp(join(tmpdir(), 'callrig-bench-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'hosts'), '127.0.0.1 localhost\n');
  await writeFile(join(folder, 'resolv.conf'), '');
  const keeper = stack.use(await Keeper.open({ folder }));
  await keeper.run('for name in left right; do ip netns add $name; ip -n $name link set lo up; done');
  const emulator = stack.use(await openWirefilter({ keeper, folder }));
  await emulator.lay([cable('user')]);
  await keeper.run(`${vethScript([cable('kernel')])}
    ip -n left addr add 10.1.0.1/24 dev kernel0; ip -n right addr add 10.1.0.2/24 dev kernel1
    ip -n left addr add 10.2.0.1/24 dev user0; ip -n right addr add 10.2.0.2/24 dev user1`);
  const station = async (name: string) => stack.use(await Station.open({ name, enter: keeper.enter(name) }));
  const [left, right] = await Promise.all([station('left'), station('right')]);
  const probe = async (net: number) =>
    stack.use(
      await CableProbe.open({
        a: { station: left, address: `10.${net}.0.1` },
        b: { station: right, address: `10.${net}.0.2` },
      }),
    );
  return { plain: await probe(1), emulated: await probe(2) };
}

async function load(probe: CableProbe): Promise<{ delayMs: number; lossRatio: number }> {
  const { 'a-to-b': there, 'b-to-a': back } = await probe.measureTrain(LOAD, UNIMPAIRED);
  return {
    delayMs: ((there.delayMs ?? Infinity) + (back.delayMs ?? Infinity)) / 2,
    lossRatio: ((there.lossRatio ?? 1) + (back.lossRatio ?? 1)) / 2,
  };
}
