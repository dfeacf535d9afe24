import type { RelayedMessage } from '../protocol.ts';
import type { Complaint } from '../session.ts';
import type { TraceEntry, TraceRecord } from '../trace.ts';
import { Fates, isTimed, type Fate } from './fate.ts';
import { Held } from './held.ts';
import type { FaultRule } from './rule.ts';

export interface FaultyRelayOptions {
  seed: number;
  nowMs: () => number;
  /** Hands a message to its recipients. */
  deliver: (message: RelayedMessage, record: TraceRecord, sizeBytes: number) => Complaint | undefined;
  /** Cuts a peer's link. */
  disconnect: (room: string, peer: string) => void;
  /** As a process that died and came back; with a room, as its peers see it. */
  restart: (room: string | undefined) => void;
  trace: (entry: Omit<TraceEntry, 't'>) => void;
}

/**
 * Between taking a message and handing it on: what the faults in force make of it.
 *
 * Above numbering and acknowledgements: a message that is dropped counts as delivered for its sender, and a duplicate
 * has a number of its own. Only a restart takes the promise back.
 */
export class FaultyRelay {
  readonly #options: FaultyRelayOptions;
  readonly #fates: Fates;
  readonly #held: Held;
  readonly #timers = new Map<NodeJS.Timeout, string | undefined>();
  readonly #hits = new Map<string, number>();

  constructor(options: FaultyRelayOptions) {
    this.#options = options;
    this.#fates = new Fates(options.seed);
    this.#held = new Held(() => options.nowMs());
  }

  /** Whether every message goes on as it is. */
  get isIdle(): boolean {
    return this.#fates.isEmpty && this.#held.count === 0;
  }

  /** How many messages are held back at present. */
  get held(): number {
    return this.#held.count;
  }

  /** How many messages of a room were hit, since its faults were cleared last. */
  hits(room: string): number {
    return this.#hits.get(room) ?? 0;
  }

  add(rule: FaultRule): void {
    const { seed, nowMs, restart, trace } = this.#options;
    const { room } = rule;
    trace({ kind: 'fault', ...(room !== undefined && { room }), outcome: 'accepted', rule, seed });
    this.#fates.add(rule, nowMs());
    if (!isTimed(rule)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      restart(room);
    }, rule.afterMs ?? 0);
    this.#timers.set(timer, room);
  }

  /** Ends the faults of a room, or all; what is held goes on when it is due. */
  clear(room?: string): void {
    this.#fates.clear(room);
    if (room === undefined) this.#hits.clear();
    else this.#hits.delete(room);
    for (const [timer, of] of this.#timers) {
      if (room !== undefined && of !== room) continue;
      clearTimeout(timer);
      this.#timers.delete(timer);
    }
  }

  /** What is held is lost, of a room or all. */
  forget(room?: string): void {
    const start = room === undefined ? '' : lineStart(room);
    this.#held.forget((line) => line.startsWith(start));
  }

  close(): void {
    this.clear();
    this.forget();
  }

  pass(message: RelayedMessage, record: TraceRecord, sizeBytes: number): Complaint | undefined {
    if (this.isIdle) {
      return this.#options.deliver(message, record, sizeBytes);
    }
    const fate = this.#fates.of(message, this.#options.nowMs());
    if (fate.faults.length === 0) {
      const complaint = this.#options.deliver(message, record, sizeBytes);
      this.#held.passed(lineOf(message));
      return complaint;
    }
    return this.#suffer(fate, { ...record, fault: fate.faults.join(' ') }, sizeBytes);
  }

  #suffer(fate: Fate, record: TraceRecord, sizeBytes: number): Complaint | undefined {
    this.#hits.set(fate.message.room, this.hits(fate.message.room) + 1);
    const { message, isDropped, restarts, disconnects, delayMs, swapMs } = fate;
    const { restart, disconnect, trace, deliver } = this.#options;
    if (isDropped || restarts) {
      trace({ ...record, outcome: 'dropped', why: restarts ? 'the server died with it' : 'by a fault' });
      if (restarts) restart(message.room);
      return undefined;
    }
    const isChanged = fate.faults.includes('corrupt');
    const { payload } = record;
    const before = payload === undefined ? {} : { original: payload };
    const changes = { payload: message.payload, changed: true as const, ...before };
    const entry = isChanged ? { ...record, ...changes } : record;
    const line = lineOf(message);
    const handOn = () => {
      let complaint: Complaint | undefined;
      for (let copy = 0; copy < fate.copies; copy++) complaint = deliver(message, entry, sizeBytes);
      this.#held.passed(line);
      return complaint;
    };
    const complaint = this.#hold(line, { delayMs, swapMs, entry, handOn });
    if (disconnects) disconnect(message.room, message.from);
    return complaint;
  }

  #hold(
    line: string,
    {
      delayMs,
      swapMs,
      entry,
      handOn,
    }: {
      delayMs: number;
      swapMs: number | undefined;
      entry: TraceRecord;
      handOn: () => Complaint | undefined;
    },
  ): Complaint | undefined {
    if ((delayMs === 0 && swapMs === undefined) || !this.#held.hasRoom) return handOn();
    // Whoever sent it has been told that it was taken: a complaint would come too late.
    const release = () => void handOn();
    if (delayMs > 0) this.#held.delay(line, delayMs, release);
    else if (!this.#held.swap(line, swapMs!, release)) return handOn();
    const why = delayMs > 0 ? `for ${Math.round(delayMs)} ms` : 'until the next one has passed';
    this.#options.trace({ ...entry, outcome: 'delayed', why });
    return undefined;
  }
}

function lineStart(room: string): string {
  return JSON.stringify([room]).slice(0, -1) + ',';
}

function lineOf({ room, from, to = '' }: RelayedMessage): string {
  return JSON.stringify([room, from, to]);
}
