import type { TurnAllocation, TurnRefusal } from '../call-record.ts';
import { parseCoturnLine, type CoturnEvent } from './coturn-log.ts';
import { parseLabel, parseUsername, type TurnTransport, type UsernameParts } from './credentials.ts';

/** An allocation of whoever has a label; {@link TurnAllocation} is one of a run's peer. */
export interface LabelledAllocation extends Omit<TurnAllocation, 'role' | 'transport'> {
  label: string;
  /** `undefined` while nobody can know: credentials for any transport, and not over TLS. */
  transport?: TurnTransport;
}

export interface LabelledRefusal extends Omit<TurnRefusal, 'role'> {
  /** Absent when the request had no username, or one that the server could not read. */
  label?: string;
}

export interface TurnListeners {
  onAllocation?: (allocation: Readonly<LabelledAllocation>) => void;
  onRefusal?: (refusal: Readonly<LabelledRefusal>) => void;
  onEnd?: (allocation: Readonly<LabelledAllocation>) => void;
}

const UNAUTHORIZED = 401;

/** What a TURN server did for whom, from its log. */
export class TurnLedger {
  #now: () => number;
  #listeners: TurnListeners;
  #allocations: LabelledAllocation[] = [];
  #refusals: LabelledRefusal[] = [];
  /** Those that have not ended, by coturn's session. */
  #open = new Map<string, LabelledAllocation>();
  #refused = new Set<string>();

  constructor({ now, listeners = {} }: { now: () => number; listeners?: TurnListeners }) {
    this.#now = now;
    this.#listeners = listeners;
  }

  /** Takes a line of the log; gives what it told, if it told anything. */
  read(line: string): CoturnEvent | undefined {
    const event = parseCoturnLine(line);
    if (event?.type === 'allocated') this.#allocated(event);
    if (event?.type === 'refused') this.#refuse(event);
    if (event?.type === 'usage') this.#used(event);
    if (event?.type === 'released') this.#release(event);
    if (event?.type === 'closed') this.#close(event);
    return event;
  }

  /** The server is gone, and with it all that was allocated. */
  endAll(reason: string): void {
    const t = this.#now();
    for (const allocation of this.#open.values()) this.#end(allocation, { t, reason });
    // The next server counts its sessions from the start.
    this.#open.clear();
    this.#refused.clear();
  }

  /** Oldest first. */
  allocationsOf(label: string): TurnAllocation[] {
    const { role } = parseLabel(label);
    return this.#allocations.flatMap(({ label: whose, transport, ...rest }) =>
      whose === label && role !== undefined && transport !== undefined ? [{ ...rest, role, transport }] : [],
    );
  }

  /** Oldest first. */
  refusalsOf(label: string): TurnRefusal[] {
    const { role } = parseLabel(label);
    return this.#refusals.flatMap(({ label: whose, ...rest }) =>
      whose === label ? [{ ...rest, ...(role === undefined ? {} : { role }) }] : [],
    );
  }

  #allocated({ session, username, isTls }: CoturnEvent & { type: 'allocated' }): void {
    const { label, transport: named } = parseUsername(username);
    // The server knows TLS from the rest, and the username says which of the rest was meant.
    const transport = isTls ? 'tls' : named === 'tls' ? 'tcp' : named;
    const allocation: LabelledAllocation = { label, t: this.#now(), ...(transport && { transport }) };
    this.#allocations.push(allocation);
    this.#open.set(session, allocation);
    this.#listeners.onAllocation?.(allocation);
  }

  #refuse({ session, username, code, reason }: CoturnEvent & { type: 'refused' }): void {
    // coturn tells of some refusals twice, and clients try again with what was refused.
    const key = `${session} ${code}`;
    if (this.#refused.has(key)) return;
    this.#refused.add(key);
    const whose = parseUsername(username);
    const t = this.#now();
    const refusal = {
      t,
      code,
      reason: code === UNAUTHORIZED ? whyUnauthorized(whose, t) : reason,
      ...(username !== '' && { label: whose.label }),
    };
    this.#refusals.push(refusal);
    this.#listeners.onRefusal?.(refusal);
  }

  /** Its last bytes and where it came from are told only when coturn closes the session. */
  #release({ session }: CoturnEvent & { type: 'released' }): void {
    const allocation = this.#open.get(session);
    if (allocation) allocation.ended = { t: this.#now(), reason: 'released by the peer' };
  }

  #used({ session, receivedBytes, sentBytes }: CoturnEvent & { type: 'usage' }): void {
    const allocation = this.#open.get(session);
    if (!allocation) return;
    allocation.receivedBytes = (allocation.receivedBytes ?? 0) + receivedBytes;
    allocation.sentBytes = (allocation.sentBytes ?? 0) + sentBytes;
  }

  #close({ session, client, reason }: CoturnEvent & { type: 'closed' }): void {
    const allocation = this.#open.get(session);
    if (!allocation) return;
    this.#open.delete(session);
    if (client !== undefined) allocation.client = client;
    if (reason?.includes('TCP')) allocation.transport ??= 'tcp';
    this.#end(allocation, { t: this.#now(), ...(reason === undefined ? {} : { reason }) });
  }

  #end(allocation: LabelledAllocation, ended: NonNullable<TurnAllocation['ended']>): void {
    allocation.ended ??= ended;
    this.#listeners.onEnd?.(allocation);
  }
}

function whyUnauthorized({ expiry }: UsernameParts, nowMs: number): string {
  return expiry !== undefined && expiry * 1000 < nowMs ? 'the credentials have expired' : 'wrong credentials';
}
