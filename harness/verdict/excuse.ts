import { knownMetrics } from '../metrics/custom-metrics.ts';
import { isPenalty } from '../metrics/penalties.ts';
import { readSelector } from '../metrics/selector.ts';
import { pairOf, type Plan } from '../plan/plan.ts';
import type { CallResult } from '../result.ts';

/**
 * Why a breach of the threshold proves nothing about the product, as half a sentence; `undefined` if it does.
 *
 * A saturated load generator spoils the whole run. A network that was not what was asked for, or broke, spoils what its own
 * calls measured, and as the baseline all penalties. Neither excuses `checks`, which state facts.
 */
export function excuseFor(
  selector: string,
  { comparison, metrics }: Pick<Plan, 'comparison' | 'metrics'>,
  calls: readonly CallResult[],
): string | undefined {
  const { metric, tags = {} } = readSelector(selector, knownMetrics(metrics)) ?? {};
  if (metric === undefined || metric === 'checks') return undefined;
  if (calls.some((call) => hasReason(call, 'saturation'))) return 'the load generator was saturated';
  const isSpoiled = (call: CallResult) =>
    isOf(call, tags) ||
    (isPenalty(metric) && call.variant !== undefined && call.variant.name === comparison?.baseline);
  if (calls.some((call) => hasReason(call, 'impairment') && isSpoiled(call))) {
    return 'the network was not what was asked for';
  }
  return calls.some((call) => isNetworkBroken(call) && isSpoiled(call)) ? 'the network broke' : undefined;
}

/** A lab or a TURN server of ours that died under the call. */
function isNetworkBroken({ reasons }: CallResult): boolean {
  return reasons.some(
    ({ kind, status, phase }) => kind === 'fault' && status === 'errored' && phase === 'network',
  );
}

function hasReason({ reasons }: CallResult, wanted: 'saturation' | 'impairment'): boolean {
  return reasons.some(({ kind }) => kind === wanted);
}

/** Whether samples of the call can have these tags, as far as calls differ by them. */
function isOf({ id, cell, variant }: CallResult, tags: Readonly<Record<string, string>>): boolean {
  const own: Record<string, string | undefined> = {
    pair: pairOf(cell),
    cell,
    call: id,
    ...(variant && { [variant.axis]: variant.name }),
  };
  return Object.entries(tags).every(([name, value]) => own[name] === undefined || own[name] === value);
}
