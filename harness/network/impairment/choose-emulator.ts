import type { Keeper } from '../lab/keeper.ts';
import type { LinkEmulator } from './emulator.ts';
import { isNetemHere, openNetem } from './netem.ts';
import { openWirefilter } from './wirefilter.ts';

const WIREFILTER_TOOLS = ['wirefilter', 'vde_plug2tap', 'setsid', 'dd'];

export interface ChooseEmulatorOptions {
  keeper: Keeper;
  /** Of the run. */
  folder: string;
  seed?: number;
}

/** The kernel's netem, else wirefilter. `undefined` when neither is here: links cannot be impaired then. */
export async function chooseEmulator({
  keeper,
  folder,
  seed,
}: ChooseEmulatorOptions): Promise<LinkEmulator | undefined> {
  if (await isNetemHere(keeper)) return await openNetem({ keeper, ...(seed !== undefined && { seed }) });
  return (await isWirefilterHere(keeper)) ? await openWirefilter({ keeper, folder }) : undefined;
}

/** Whether VDE's tools are there, and taps can be made. */
export async function isWirefilterHere(keeper: Keeper): Promise<boolean> {
  const missing = await keeper.run(
    `for tool in ${WIREFILTER_TOOLS.join(' ')}; do command -v $tool >/dev/null || echo $tool; done
     [ -r /dev/net/tun ] && [ -w /dev/net/tun ] || echo /dev/net/tun`,
  );
  return missing.trim() === '';
}
