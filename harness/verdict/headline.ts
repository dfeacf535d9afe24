import type { CallRecord, CheckRecord, Fault, PeerRecord } from '../call-record.ts';
import type { Reason, ThresholdResult } from '../result.ts';
import { oneLine, PHASE_WORDS, renderStates } from './evidence.ts';

/** `chrome → firefox`, in role order; without roles that take no part. */
export function renderPair(assignment: Readonly<Record<string, string>>, roles: readonly string[]): string {
  const browsers = roles.flatMap((role) => assignment[role] ?? []);
  return browsers.join(roles.length === 2 ? ' → ' : ', ');
}

/** `chrome → firefox: DTLS did not connect within 15000 ms (caller: ice connected, dtls connecting; callee: …)`. */
export function renderFault(fault: Fault, { peers }: CallRecord): string {
  const message = oneLine(fault.message, 400).replace(/\.$/, '');
  const phase = PHASE_WORDS[fault.phase];
  const named = new RegExp(`\\b${phase}\\b`, 'i').test(message) ? message : `${phase}: ${message}`;
  const states = Object.values(peers).map((peer) => `${peer.role}: ${renderStates(peer)}`);
  return states.length ? `${named} (${states.join('; ')})` : named;
}

/** `RTP: "video frames change" failed at callee: expected at least 2 changes, got 0`. */
export function renderCheck({ name, role, phase, expected, actual, passed }: CheckRecord): string {
  const outcome = passed === undefined ? 'had no evidence' : 'failed';
  const place = role === undefined ? '' : ` at ${role}`;
  return `${PHASE_WORDS[phase]}: "${name}" ${outcome}${place}: expected ${expected}, got ${oneLine(actual)}`;
}

/** `connected in 396 ms, first frame after 485 ms`: the slower peer's. */
export function renderSuccess(metrics: readonly Readonly<Record<string, number>>[]): string {
  const slowest = (metric: string) => {
    const values = metrics.flatMap((each) => each[metric] ?? []);
    return values.length ? Math.round(Math.max(...values)) : undefined;
  };
  const [connect, frame] = [slowest('connect_ms'), slowest('first_frame_ms')];
  const parts = [
    connect !== undefined && `connected in ${connect} ms`,
    frame !== undefined && `first frame after ${frame} ms`,
  ].filter(Boolean);
  return parts.length ? parts.join(', ') : 'every check held';
}

/** `connect_ms was 3512 ms over 8 samples, expected p(95)<3000`, and why a breach of it proves nothing. */
export function renderThreshold(
  { metric, expression, actual, unit, samples, status }: ThresholdResult,
  excuse?: string,
): string {
  if (actual === undefined) return `${metric} has no samples to judge ${expression} by`;
  const but = status === 'inconclusive' && excuse !== undefined ? `, but ${excuse}` : '';
  return `${metric} was ${renderValue(actual, unit)} over ${samples} samples, expected ${expression}${but}`;
}

/** Digits enough to tell it from a limit, and the unit unless there is none or it is a bare number. */
export function renderValue(value: number, unit = 'count'): string {
  const rounded = Number(value.toPrecision(6));
  return unit === 'ratio' || unit === 'count' ? `${rounded}` : `${rounded} ${unit}`;
}

/** The sentence for a list of reasons: the first, and how many more there are. */
export function renderReasons(reasons: readonly Reason[]): string {
  const [first, ...rest] = reasons;
  if (!first) return 'no reason is known';
  return rest.length ? `${first.message} (and ${rest.length} more)` : first.message;
}

/** Peers in role order, for lines that name both. */
export function inRoleOrder(
  peers: Readonly<Record<string, PeerRecord>>,
  roles: readonly string[],
): PeerRecord[] {
  return Object.values(peers).toSorted((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role));
}
