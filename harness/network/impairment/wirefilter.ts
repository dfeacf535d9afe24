import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { NetworkError } from '../../errors.ts';
import type { Impairment } from '../../topology/topology.ts';
import type { Keeper } from '../lab/keeper.ts';
import type { Cable, CableDirection, LinkEmulator } from './emulator.ts';
import { WirefilterControl } from './wirefilter-control.ts';
import { wirefilterLacks } from './wirefilter-settings.ts';
import { endWirefilterScript, wirefilterScript } from './wirefilter-script.ts';

const DIRECTIONS: readonly CableDirection[] = ['a-to-b', 'b-to-a'];

export interface WirefilterOptions {
  keeper: Keeper;
  /** Of the run: pipes and management sockets get a folder in it, and are taken away again. */
  folder: string;
}

/**
 * Cables between taps, with VDE's wirefilter in the middle: for kernels without netem. Needs /dev/net/tun.
 *
 * Each direction has a wirefilter of its own: one that carries both holds packets of one direction until those of the
 * other have left, so that a queue on the uplink would delay the downlink. Times are whole milliseconds, loss is drawn
 * from a source that cannot be seeded, and jitter never reorders: a packet waits for those before it.
 */
export async function openWirefilter({ keeper, folder }: WirefilterOptions): Promise<LinkEmulator> {
  const own = join(folder, 'wirefilter');
  await mkdir(own, { recursive: true });
  return new Wirefilter(keeper, own, await open(own, constants.O_RDONLY | constants.O_DIRECTORY));
}

class Wirefilter implements LinkEmulator {
  readonly name = 'wirefilter';
  readonly isSeeded = false;
  #keeper: Keeper;
  #folder: string;
  #handle: FileHandle;
  #controls = new Map<string, WirefilterControl>();
  #laid = 0;
  #closing: Promise<void> | undefined;

  constructor(keeper: Keeper, folder: string, handle: FileHandle) {
    this.#keeper = keeper;
    this.#folder = folder;
    this.#handle = handle;
  }

  async lay(cables: readonly Cable[]): Promise<void> {
    if (cables.length === 0) return;
    const numbered = cables.map((cable) => ({ cable, number: this.#laid++ }));
    await this.#keeper.run(wirefilterScript(this.#folder, numbered), { what: "the lab's cables" });
    await Promise.all(
      numbered.flatMap(({ cable, number }) =>
        DIRECTIONS.map(async (direction) => {
          // By the folder's number: paths of unix sockets are at most 107 characters long.
          const path = `/proc/self/fd/${this.#handle.fd}/${number}.${direction}`;
          const name = `${cable.name}, ${direction}`;
          this.#controls.set(`${cable.name} ${direction}`, await WirefilterControl.open({ name, path }));
        }),
      ),
    );
  }

  async set(cable: Cable, direction: CableDirection, impairment: Impairment): Promise<void> {
    const control = this.#controls.get(`${cable.name} ${direction}`);
    if (!control) throw new NetworkError(`there is no cable ${cable.name}`, { code: 'LINK_UNKNOWN' });
    const lacks = wirefilterLacks(impairment);
    if (lacks.length > 0)
      throw new NetworkError(`wirefilter cannot impair ${cable.name} so: ${lacks.join('; ')}`, {
        code: 'IMPAIRMENT_UNSUPPORTED',
        hint: 'a kernel with netem can',
        details: { impairment },
      });
    await control.set(impairment);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#controls.values()].map((control) => control[Symbol.asyncDispose]()));
    await this.#handle.close();
    // A keeper that is gone has taken them along.
    await this.#keeper.run(endWirefilterScript(this.#folder)).catch(() => {});
    await rm(this.#folder, { recursive: true, force: true });
  }
}
