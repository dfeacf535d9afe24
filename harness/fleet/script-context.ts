import { setTimeout as delay } from 'node:timers/promises';
import { LONGEST_TIMER_MS } from '../lifecycle/deadline.ts';
import { harnessNow } from '../peer/clock.ts';
import type { MediaObservation } from '../peer/peer.ts';
import type { RemotePeer } from '../peer/remote-peer.ts';
import type { NetworkControl, SignalingControl, TurnControl } from '../scenario/controls.ts';
import type { ParamValue } from '../scenario/params.ts';
import type { Fact, ScriptContext } from '../scenario/scenario.ts';
import { parseDuration } from '../units.ts';
import type { CheckRecord, ScriptMeasure, StepRecord } from '../call-record.ts';
import type { Background } from './load/run-loads.ts';
import { MeetingPlace } from './meeting-place.ts';

export interface ScriptContextOptions {
  peers: RemotePeer[];
  /** Empty if the scenario has none. */
  variant: string;
  controls: { network: NetworkControl; turn: TurnControl; signaling: SignalingControl };
  /** Default: none. */
  params?: Readonly<Record<string, ParamValue>>;
  /** What `setup` returned; the script's own copy. */
  data?: unknown;
  durationMs: number;
  /** Of a call in the background: its first hold lasts as long as that. */
  background?: Background;
  /** Longest that functions of one peer each wait for one another. */
  meetingTimeoutMs?: number;
  signal: AbortSignal;
  onStep: (step: string) => void;
  onCheck: (check: CheckRecord) => void;
}

/** What a script did, beside the context it is given. */
export interface RecordedScript {
  context: ScriptContext<string>;
  steps: StepRecord[];
  checks: CheckRecord[];
  measures: ScriptMeasure[];
}

/** The words a script acts with; everything it says is recorded. */
export function recordScript({
  peers,
  variant,
  controls,
  params = {},
  data,
  durationMs,
  background,
  meetingTimeoutMs = durationMs,
  signal,
  onStep,
  onCheck,
}: ScriptContextOptions): RecordedScript {
  const steps: StepRecord[] = [];
  const checks: CheckRecord[] = [];
  const measures: ScriptMeasure[] = [];
  /** Left by an error that the script may have caught: ended, but not to its end. */
  const broken = new Set<StepRecord>();
  const current = () => steps.findLast((step) => step.endMs === undefined && !broken.has(step))?.name;

  let behind = background && lastingAsLong(background);
  const meeting = new MeetingPlace({ peers, timeoutMs: meetingTimeoutMs, signal });
  const words: Omit<ScriptContext<never>, never> = {
    peers,
    variant,
    params,
    data,
    shared: (name) => meeting.shared(name),
    barrier: (name, peer, options) => meeting.barrier(name, peer, options),
    ...controls,
    signaling: { ...controls.signaling, cut: () => cutSignaling(peers, controls.signaling) },
    signal,
    async step(name, body) {
      const step: StepRecord = { name, startMs: harnessNow() };
      steps.push(step);
      onStep(name);
      const result = await body().catch((error: unknown) => {
        broken.add(step);
        throw error;
      });
      step.endMs = harnessNow();
      return result;
    },
    async hold(duration) {
      const ms = duration === undefined ? durationMs : parseDuration(duration);
      if (ms === undefined) throw new TypeError(`hold(): expected a duration like "5s", got "${duration}"`);
      const length = behind ?? lasting(ms);
      behind = undefined;
      return hold(peers, length, signal);
    },
    check(...facts) {
      for (const fact of facts) {
        const check = toRecord(fact, current());
        checks.push(check);
        onCheck(check);
      }
    },
    measure(metric, value, peer) {
      if (value === undefined) return;
      const step = current();
      measures.push({
        t: harnessNow(),
        metric,
        value,
        ...(peer && { role: peer.role }),
        ...(step !== undefined && { step }),
      });
    },
  };
  const byRole = Object.fromEntries(peers.map((peer) => [peer.role, peer]));
  return {
    context: Object.assign(byRole, words) as unknown as ScriptContext<string>,
    steps,
    checks,
    measures,
  };
}

/** Ends when the peers know: what they send before that would be neither delivered nor refused. */
async function cutSignaling(peers: RemotePeer[], signaling: SignalingControl): Promise<number> {
  const cutMs = await signaling.cut();
  await Promise.all(peers.filter((peer) => !peer.isAway).map((peer) => peer.noticeCut()));
  return cutMs;
}

/** Resolves when a hold is over; rejects, or resolves, when the signal is aborted before. */
type HoldLength = (signal: AbortSignal) => Promise<unknown>;

function lasting(ms: number): HoldLength {
  return (signal) => delay(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal });
}

function lastingAsLong({ until, onHold }: Background): HoldLength {
  return (signal) => {
    onHold();
    const either = AbortSignal.any([until, signal]);
    if (either.aborted) return Promise.resolve();
    return new Promise((resolve) => either.addEventListener('abort', resolve, { once: true }));
  };
}

/** Samples at both ends and watches in between; ends early, with why, when a peer is lost. One that is away is not looked at. */
async function hold(
  peers: RemotePeer[],
  length: HoldLength,
  signal: AbortSignal,
): Promise<Record<string, MediaObservation>> {
  const there = peers.filter((peer) => !peer.isAway);
  await Promise.all(there.map((peer) => Promise.all([peer.sample(), peer.startObserving()])));
  const waiting = new AbortController();
  const over = length(AbortSignal.any([signal, waiting.signal])).then(
    () => signal.throwIfAborted(),
    () => signal.throwIfAborted(),
  );
  try {
    await Promise.race([over, ...there.map((peer) => peer.lost())]);
  } finally {
    waiting.abort();
  }
  const observed = there.map(async (peer) => {
    const [observation] = await Promise.all([peer.finishObserving(), peer.sample()]);
    return [peer.role, observation] as const;
  });
  return Object.fromEntries(await Promise.all(observed));
}

function toRecord(
  { name, peer, passed, expected, actual, phase = 'script' }: Fact,
  step: string | undefined,
): CheckRecord {
  return {
    name,
    ...(peer && { role: peer.role }),
    ...(passed !== undefined && { passed }),
    expected,
    actual,
    phase,
    ...(step !== undefined && { step }),
  };
}
