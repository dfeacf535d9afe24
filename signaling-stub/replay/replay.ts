import { setTimeout as delay } from 'node:timers/promises';
import type { FaultRule } from '../faults/rule.ts';
import { openSignalingStub, type SignalingStub } from '../server.ts';
import type { TraceEntry } from '../trace.ts';
import { compareTraces, type Comparison } from './compare.ts';
import { Progress } from './progress.ts';
import { actionsOf, type Action } from './read-trace.ts';
import { ReplayPeer } from './replay-peer.ts';

export interface ReplayOptions {
  /** How many times faster than it was recorded; what faults hold is held so much shorter. Default 1. */
  speed?: number;
  signal?: AbortSignal;
}

const NEVER_LIMITED = { messagesPerSecond: 1_000_000, burst: 1_000_000 };
/** Links may be cut under a message; then it is sent again. */
const ATTEMPTS = 3;

/**
 * Plays the recorded senders against a fresh server, in their order and times and with the recorded faults, and compares
 * what became of their messages. What had happened before somebody acted has happened before it in the replay, too.
 */
export async function replayTrace(
  recorded: readonly TraceEntry[],
  { speed = 1, signal }: ReplayOptions = {},
): Promise<Comparison> {
  const progress = new Progress(recorded, signal);
  const faultSeed = recorded.find(({ seed }) => seed !== undefined)?.seed;
  await using stub = await openSignalingStub({
    limits: NEVER_LIMITED,
    // A peer that was away for too long was recorded as lost: nobody else is to be.
    resumeGraceMs: 2 ** 30,
    ...(faultSeed !== undefined && { faultSeed }),
    onTrace: (entry) => progress.add(entry),
  });
  const players = new Players(stub, progress, speed);
  const startMs = performance.now();
  for (const action of actionsOf(recorded)) {
    const leftMs = startMs + action.atMs / speed - performance.now();
    if (leftMs > 0) await delay(leftMs, undefined, { ...(signal && { signal }) });
    await progress.reached(action.line);
    await players.play(action);
  }
  await progress.reached(recorded.length);
  players.close();
  return compareTraces(recorded, progress.replayed);
}

class Players {
  readonly #stub: SignalingStub;
  readonly #progress: Progress;
  readonly #speed: number;
  readonly #peers = new Map<string, ReplayPeer>();

  constructor(stub: SignalingStub, progress: Progress, speed: number) {
    this.#stub = stub;
    this.#progress = progress;
    this.#speed = speed;
  }

  async play(action: Action): Promise<void> {
    switch (action.do) {
      case 'fault':
        return action.entry.rule && this.#stub.fault(this.#sped(action.entry.rule));
      case 'restart':
        return this.#stub.restart(action.room);
      case 'cut':
        return this.#stub.cut(action.room);
      case 'restore':
        return this.#stub.restore(action.room);
      case 'send':
        return this.#send(action);
      default:
        return this.#moveTo(action);
    }
  }

  close(): void {
    for (const peer of this.#peers.values()) peer.cut();
  }

  async #moveTo({ do: what, ...place }: { do: string; room: string; peer: string }): Promise<void> {
    const peer = this.#peerOf(place);
    if (what === 'disconnect') return peer.cut();
    if (what === 'join') return peer.join({ resume: false });
    if (what === 'resume' || !peer.isUp) await peer.join({ resume: true });
    if (what !== 'resume') peer.send({ kind: 'leave' });
  }

  /** Resolves when the server has taken it, which its trace tells. */
  async #send({ room, peer: name, entry }: Extract<Action, { do: 'send' }>): Promise<void> {
    const peer = this.#peerOf({ room, peer: name });
    const { kind, seq, to, broadcast, connection, payload, original } = entry;
    const whole = { kind, seq, connection, payload: original === undefined ? payload : original };
    const { replayed } = this.#progress;
    const from = replayed.length;
    const isTaken = () =>
      replayed.slice(from).some((line) => line.room === room && line.from === name && line.seq === seq);
    for (let attempt = 0; attempt < ATTEMPTS && !isTaken(); attempt++) {
      if (!peer.isUp) await peer.join({ resume: true });
      peer.send(broadcast ? whole : { ...whole, to });
      await Promise.race([this.#progress.until(isTaken), peer.gone()]);
    }
  }

  #peerOf({ room, peer }: { room: string; peer: string }): ReplayPeer {
    const place = JSON.stringify([room, peer]);
    const { url, token } = this.#stub;
    const known = this.#peers.get(place) ?? new ReplayPeer(url, { room, peer, token });
    this.#peers.set(place, known);
    return known;
  }

  #sped({ afterMs, delayMs, ...rule }: FaultRule): FaultRule {
    const times = Object.entries({ afterMs, delayMs }).flatMap(([key, ms]) =>
      ms === undefined ? [] : [[key, ms / this.#speed] as const],
    );
    return { ...rule, ...Object.fromEntries(times) };
  }
}
