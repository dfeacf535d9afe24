import type { RelayedMessage } from '../protocol.ts';
import { corrupt } from './corrupt.ts';
import { namedRandom } from './random.ts';
import type { FaultName, FaultRule } from './rule.ts';

/** What the faults make of one message. */
export interface Fate {
  /** Which faults hit it, in the order they were given. */
  faults: FaultName[];
  /** As it goes on. */
  message: RelayedMessage;
  isDropped: boolean;
  copies: 1 | 2;
  /** Held for so long, ms; 0 for not at all. */
  delayMs: number;
  /** Waits for the next of its sender's, at most so long, ms. */
  swapMs: number | undefined;
  disconnects: boolean;
  restarts: boolean;
}

interface ActiveRule {
  rule: FaultRule;
  /** Names its streams of chance: the same whatever else is in force. */
  name: string;
  sinceMs: number;
  hits: number;
  random: Map<string, () => number>;
}

/**
 * The faults in force, and which message each of them hits.
 *
 * Chance has a stream of its own for each fault, sender, recipient and kind of message, so that the same seed gives the
 * same fate to the third candidate from caller to callee, whatever else is on its way between them.
 */
export class Fates {
  readonly #seed: number;
  #rules: ActiveRule[] = [];
  readonly #given = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  add(rule: FaultRule, nowMs: number): void {
    const scope = rule.room ?? '';
    const number = (this.#given.get(scope) ?? 0) + 1;
    this.#given.set(scope, number);
    this.#rules.push({ rule, name: `${number}`, sinceMs: nowMs, hits: 0, random: new Map() });
  }

  /** Ends the faults of a room; with none, all of them. */
  clear(room?: string): void {
    this.#rules = room === undefined ? [] : this.#rules.filter(({ rule }) => rule.room !== room);
    if (room === undefined) this.#given.clear();
    else this.#given.delete(room);
  }

  of(message: RelayedMessage, nowMs: number): Fate {
    const fate: Fate = {
      faults: [],
      message,
      isDropped: false,
      copies: 1,
      delayMs: 0,
      swapMs: undefined,
      disconnects: false,
      restarts: false,
    };
    for (const active of this.#rules) {
      if (fate.isDropped || !this.#hits(active, message, nowMs)) continue;
      active.hits += 1;
      fate.faults.push(active.rule.fault);
      apply(active.rule, fate, this.#randomOf(active, message));
    }
    return fate;
  }

  #hits(active: ActiveRule, message: RelayedMessage, nowMs: number): boolean {
    const { rule, sinceMs, hits } = active;
    if (!isMeant(rule, message) || nowMs - sinceMs < (rule.afterMs ?? 0)) return false;
    if (hits >= (rule.count ?? Infinity)) return false;
    return rule.probability === undefined || this.#randomOf(active, message)() < rule.probability;
  }

  #randomOf({ name, random }: ActiveRule, { room, from, to = '*', kind }: RelayedMessage): () => number {
    const key = JSON.stringify([name, room, from, to, kind]);
    const known = random.get(key) ?? namedRandom(this.#seed, key);
    random.set(key, known);
    return known;
  }
}

/** Whether a restart comes by itself, and not with a message. */
export function isTimed({ fault, kind, from, to, probability }: FaultRule): boolean {
  return fault === 'restart' && [kind, from, to, probability].every((filter) => filter === undefined);
}

function isMeant(rule: FaultRule, message: RelayedMessage): boolean {
  if (isTimed(rule)) return false;
  if (rule.room !== undefined && rule.room !== message.room) return false;
  if (rule.from !== undefined && rule.from !== message.from) return false;
  if (rule.to !== undefined && rule.to !== message.to) return false;
  if (rule.kind === undefined || rule.kind === message.kind) return true;
  return message.kind === 'description' && message.payload.type === rule.kind;
}

function apply({ fault, delayMs = 0 }: FaultRule, fate: Fate, random: () => number): void {
  if (fault === 'drop') fate.isDropped = true;
  if (fault === 'delay') fate.delayMs += delayMs;
  if (fault === 'jitter') fate.delayMs += random() * delayMs;
  if (fault === 'duplicate') fate.copies = 2;
  if (fault === 'reorder') fate.swapMs = delayMs;
  if (fault === 'corrupt') fate.message = corrupt(fate.message, random);
  if (fault === 'disconnect') fate.disconnects = true;
  if (fault === 'restart') fate.restarts = true;
}
