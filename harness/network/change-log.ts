import type { NetworkChange } from '../call-record.ts';
import { harnessNow } from '../peer/clock.ts';

/** What was changed in the network of a call, in the order it was asked for. */
export class ChangeLog {
  readonly changes: NetworkChange[] = [];
  #onChange: (change: NetworkChange) => void;

  constructor(onChange: (change: NetworkChange) => void = () => {}) {
    this.#onChange = onChange;
  }

  /**
   * Makes a change: `make` resolves when it is in effect, `verify` with why it seems not to be, if so. Resolves with
   * when it took effect, however long it was looked at: epoch ms, harness's clock.
   */
  async record(
    { role, what }: Pick<NetworkChange, 'role' | 'what'>,
    make: () => void | Promise<unknown>,
    verify: () => Promise<string | undefined> = () => Promise.resolve(undefined),
  ): Promise<number> {
    const askedMs = harnessNow();
    await make();
    const effectiveMs = harnessNow();
    const problem = await verify();
    const change = { askedMs, effectiveMs, role, what, ...(problem !== undefined && { problem }) };
    this.changes.push(change);
    this.#onChange(change);
    return effectiveMs;
  }
}
