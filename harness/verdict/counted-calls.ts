import { callTags } from '../metrics/derive.ts';
import { isSelected, metricOf, readSelector, type Selector } from '../metrics/selector.ts';
import type { Plan } from '../plan/plan.ts';
import type { CallResult } from '../result.ts';
import { isTolerated } from './known.ts';
import { isInterrupted, isOnlyInterrupted } from './loads.ts';
import { evaluateThreshold, type ThresholdSpec } from './thresholds.ts';

/** A threshold on `call_success`: it says how many calls of a load may fail. */
interface Gate {
  selector: Selector;
  specs: readonly ThresholdSpec[];
}

type CountingPlan = Pick<Plan, 'thresholds' | 'load' | 'known'>;

/**
 * The calls that count by themselves in a run's verdict: without a load all of them.
 *
 * Of a load, those that it cut off do not, nor do failed calls, where a threshold on `call_success` says how many there may
 * be. A call that says nothing about the product could have failed: if `call_success` holds even so, it does not count
 * either. What the scenario's own code threw always does.
 */
export function countedCalls(plan: CountingPlan, calls: readonly CallResult[]): CallResult[] {
  const own = calls.filter((call) => !isTolerated(plan, call));
  if (!plan.load) return own;
  const gates = gatesOf(plan);
  const isGated = (call: CallResult) =>
    gates.some(({ selector }) => isSelected(selector, tagsOf(plan, call)));
  const holdsAnyway = gates.every((gate) => holdsAtWorst(plan, gate, own));
  return own.filter((call) => {
    const { load, status, phase } = call;
    if (load === undefined || status === 'passed' || status === 'unsupported') return true;
    if (status === 'failed') return !isGated(call);
    return !isInterrupted(call) && !(holdsAnyway && phase !== 'script' && isGated(call));
  });
}

function gatesOf({ thresholds }: CountingPlan): Gate[] {
  return Object.entries(thresholds).flatMap(([text, specs]) => {
    const selector = metricOf(text) === 'call_success' ? readSelector(text) : undefined;
    return selector ? [{ selector, specs }] : [];
  });
}

/** Whether the threshold would hold if every call that did not pass had failed. */
function holdsAtWorst(plan: CountingPlan, { selector, specs }: Gate, calls: readonly CallResult[]): boolean {
  const own = calls.filter(
    (call) =>
      call.load !== undefined &&
      call.status !== 'unsupported' &&
      !isOnlyInterrupted(call) &&
      isSelected(selector, tagsOf(plan, call)),
  );
  if (own.length === 0) return true;
  const passed = own.filter(({ status }) => status === 'passed').length;
  const worst = { samples: own.length, value: () => passed / own.length };
  return specs.every((spec) => evaluateThreshold(spec, worst).status === 'passed');
}

function tagsOf({ load: loads = [] }: CountingPlan, call: CallResult): Record<string, string> {
  const load = loads.find(({ name }) => name === call.load);
  return callTags({ ...call, load });
}
