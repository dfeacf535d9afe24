import { NetworkError } from '../../errors.ts';
import type { Impairment } from '../../topology/topology.ts';
import type { Keeper } from '../lab/keeper.ts';
import type { Cable, CableDirection, LinkEmulator } from './emulator.ts';
import { netemLacks, netemWords } from './netem-command.ts';

/** Tries netem on an interface made for it. */
const TRY = `
ip link add callrig-try type dummy
trap 'ip link del callrig-try' EXIT
tc qdisc replace dev callrig-try root netem`;

export interface NetemOptions {
  keeper: Keeper;
  /** Directions draw from sources seeded with this and their own place. Absent: not seeded. */
  seed?: number;
}

/** Whether the kernel has netem, and tc is there. */
export async function isNetemHere(keeper: Keeper): Promise<boolean> {
  return await isPossible(keeper, TRY);
}

/** Cables of the kernel's own, impaired by its netem on each sending end. */
export async function openNetem({ keeper, seed }: NetemOptions): Promise<LinkEmulator> {
  const isSeeded = seed !== undefined && (await isPossible(keeper, `${TRY} seed 1`));
  return new Netem(keeper, isSeeded ? seed : undefined);
}

class Netem implements LinkEmulator {
  readonly name = 'netem';
  readonly isSeeded: boolean;
  #keeper: Keeper;
  #seed: number | undefined;
  #seeds = new Map<string, number>();

  constructor(keeper: Keeper, seed: number | undefined) {
    this.#keeper = keeper;
    this.#seed = seed;
    this.isSeeded = seed !== undefined;
  }

  async lay(cables: readonly Cable[]): Promise<void> {
    if (cables.length === 0) return;
    await this.#keeper.run(vethScript(cables), { what: "the lab's cables" });
  }

  async set(cable: Cable, direction: CableDirection, impairment: Impairment): Promise<void> {
    const lacks = netemLacks(impairment);
    if (lacks.length > 0)
      throw new NetworkError(`netem cannot impair ${cable.name} so: ${lacks.join('; ')}`, {
        code: 'IMPAIRMENT_UNSUPPORTED',
        details: { impairment },
      });
    const { namespace, interface: name } = direction === 'a-to-b' ? cable.a : cable.b;
    const words = netemWords(impairment, this.#seedOf(`${cable.name} ${direction}`));
    await this.#keeper.run(`tc -n '${namespace}' qdisc replace dev '${name}' root ${words.join(' ')}`, {
      what: `the impairment of ${cable.name}`,
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #seedOf(place: string): number | undefined {
    if (this.#seed === undefined) return undefined;
    const known = this.#seeds.get(place) ?? this.#seeds.size;
    this.#seeds.set(place, known);
    return (this.#seed + known * 7919) >>> 0;
  }
}

/** Pairs of veths whose frames are single packets: netem counts a bundle (GSO) as one. */
export function vethScript(cables: readonly Cable[]): string {
  return cables
    .flatMap(({ a, b }) => [
      `ip link add '${a.interface}' netns '${a.namespace}' type veth peer name '${b.interface}' netns '${b.namespace}'`,
      ...[a, b].map((end) => `ip -n '${end.namespace}' link set dev '${end.interface}' gso_max_segs 1 up`),
    ])
    .join('\n');
}

async function isPossible(keeper: Keeper, script: string): Promise<boolean> {
  return await keeper.run(script).then(
    () => true,
    (error: unknown) => {
      if (error instanceof NetworkError && error.code === 'LAB_COMMAND_FAILED') return false;
      throw error;
    },
  );
}
