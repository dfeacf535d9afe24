import { withDeadline } from '../lifecycle/deadline.ts';
import type { Peer } from '../peer/peer.ts';
import type { BarrierOptions, Shared } from '../scenario/meeting.ts';
import { parseDuration } from '../units.ts';

export interface MeetingOptions {
  /** The call's, in role order. */
  peers: readonly Peer[];
  /** Longest that anybody waits, unless it says otherwise. */
  timeoutMs: number;
  /** Ends all waiting. */
  signal: AbortSignal;
}

/** A value that may not be there yet. */
interface Awaited {
  promise: Promise<unknown>;
  resolve: (value: unknown) => void;
  isThere: boolean;
}

/** Who has come to a barrier since it opened last. */
interface Gathering {
  roles: Set<string>;
  open: Awaited;
}

/** Where functions that run for one peer of a call each meet: values given and awaited, barriers. */
export class MeetingPlace {
  readonly #options: MeetingOptions;
  readonly #values = new Map<string, Awaited>();
  readonly #gatherings = new Map<string, Gathering>();

  constructor(options: MeetingOptions) {
    this.#options = options;
  }

  shared<Value>(name: string): Shared<Value> {
    const awaited = this.#values.get(name) ?? newAwaited();
    this.#values.set(name, awaited);
    return {
      set: (value) => {
        if (awaited.isThere) throw new TypeError(`shared("${name}").set(): expected one value, got another`);
        awaited.isThere = true;
        awaited.resolve(value);
      },
      get: async () => {
        const { timeoutMs, signal } = this.#options;
        const value = await withDeadline(awaited.promise, {
          timeoutMs,
          signal,
          what: `the shared value "${name}", which nobody has set,`,
          details: () => ({ phase: 'script' }),
        });
        return value as Value;
      },
    };
  }

  async barrier(name: string, peer: Peer, options: BarrierOptions = {}): Promise<void> {
    const { among = this.#options.peers, timeout } = options;
    const timeoutMs = timeout === undefined ? this.#options.timeoutMs : parseDuration(timeout);
    if (timeoutMs === undefined) {
      throw new TypeError(`barrier("${name}"): expected a timeout like "5s", got "${timeout}"`);
    }
    const roles = among.map(({ role }) => role);
    if (!roles.includes(peer.role)) {
      throw new TypeError(`barrier("${name}"): expected one of ${roles.join(', ')}, got ${peer.role}`);
    }
    const gathering = this.#gatherings.get(name) ?? { roles: new Set<string>(), open: newAwaited() };
    this.#gatherings.set(name, gathering);
    gathering.roles.add(peer.role);
    const missing = () => roles.filter((role) => !gathering.roles.has(role));
    if (missing().length === 0) {
      // The next to come begin anew.
      this.#gatherings.delete(name);
      gathering.open.resolve(undefined);
      return;
    }
    // The message is of when the time is over: who is missing then.
    await withDeadline(gathering.open.promise, {
      timeoutMs,
      signal: this.#options.signal,
      what: `everybody to come to the barrier "${name}"`,
      lastSeen: () => `${listed([...gathering.roles])} there, ${listed(missing())} missing`,
      details: () => ({ phase: 'script', missing: missing() }),
    });
  }
}

function newAwaited(): Awaited {
  let resolve: Awaited['resolve'] = () => {};
  const promise = new Promise<unknown>((done) => (resolve = done));
  return { promise, resolve, isThere: false };
}

function listed(roles: readonly string[]): string {
  return roles.length === 0 ? 'nobody' : roles.join(', ');
}
