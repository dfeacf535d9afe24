import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';
import { CableProbe } from '../../harness/network/impairment/cable-probe.ts';
import type { Cable, CableDirection, LinkEmulator } from '../../harness/network/impairment/emulator.ts';
import type { Keeper } from '../../harness/network/lab/keeper.ts';
import { Station } from '../../harness/network/lab/station.ts';
import type { Impairment } from '../../harness/topology/topology.ts';
import { openTestKeeper } from './lab.ts';

export const CABLE: Cable = {
  name: 'cable',
  a: { namespace: 'left', interface: 'a0' },
  b: { namespace: 'right', interface: 'b0' },
};

export type Impairments = Record<CableDirection, Impairment>;

export interface TestCable extends AsyncDisposable {
  keeper: Keeper;
  folder: string;
  emulator: LinkEmulator;
  probe: CableProbe;
  set(impairments: Impairments): Promise<void>;
}

/** Two namespaces, a cable between them, and a probe at both its ends. */
export async function openTestCable(
  open: (options: { keeper: Keeper; folder: string }) => Promise<LinkEmulator>,
): Promise<TestCable> {
  await using stack = new AsyncStack();
  const { keeper, folder } = stack.use(await openTestKeeper());
  await keeper.run('for name in left right; do ip netns add $name; ip -n $name link set lo up; done');
  const emulator = stack.use(await open({ keeper, folder }));
  await emulator.lay([CABLE]);
  await keeper.run('ip -n left addr add 10.9.0.1/24 dev a0; ip -n right addr add 10.9.0.2/24 dev b0');
  const station = async (name: string) => stack.use(await Station.open({ name, enter: keeper.enter(name) }));
  const probe = stack.use(
    await CableProbe.open({
      a: { station: await station('left'), address: '10.9.0.1' },
      b: { station: await station('right'), address: '10.9.0.2' },
    }),
  );
  const owned = stack.move();
  return {
    keeper,
    folder,
    emulator,
    probe,
    async set(impairments) {
      await emulator.set(CABLE, 'a-to-b', impairments['a-to-b']);
      await emulator.set(CABLE, 'b-to-a', impairments['b-to-a']);
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}
