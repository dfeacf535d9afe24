import type { NetworkChange } from '../call-record.ts';
import { harnessNow } from '../peer/clock.ts';

/** What was changed in the network of a call, in the order it was asked for. */
export class ChangeLog {
  readonly changes: NetworkChange[] = [];
  #onChange: (change: NetworkChange) => void;

  constructor(onChange: (change: NetworkChange) => void = () => {}) {
    this.#onChange = onChange;
  }

  /** Makes a change; `body` resolves when it is in effect, with why it seems not to be, if so. */
  async record(
    { role, what }: Pick<NetworkChange, 'role' | 'what'>,
    body: () => Promise<string | undefined>,
  ): Promise<void> {
    const askedMs = harnessNow();
    const problem = await body();
    const change = {
      askedMs,
      effectiveMs: harnessNow(),
      role,
      what,
      ...(problem !== undefined && { problem }),
    };
    this.changes.push(change);
    this.#onChange(change);
  }
}
