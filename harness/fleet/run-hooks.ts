import { isDeepStrictEqual } from 'node:util';
import { toError } from '../errors.ts';
import { LONGEST_TIMER_MS, withDeadline } from '../lifecycle/deadline.ts';
import { harnessNow } from '../peer/clock.ts';
import type { Plan } from '../plan/plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { RunEvent } from '../store/layout.ts';

export interface HookOptions {
  plan: Plan;
  scenario: Scenario;
  emit: (event: RunEvent) => void;
  /** Ends `setup`; `teardown` runs nevertheless. */
  signal: AbortSignal;
}

/** What `setup` returned, if there is one; `undefined` when it threw, which is told, or when the run was stopped. */
export async function runSetup({
  plan,
  scenario,
  emit,
  signal,
}: HookOptions): Promise<{ data: unknown } | undefined> {
  if (!scenario.setup) return { data: undefined };
  const work = async () => asJson(await scenario.setup?.({ params: paramsOf(plan), signal }));
  try {
    return { data: await withDeadline(work(), { timeoutMs: LONGEST_TIMER_MS, what: 'setup()', signal }) };
  } catch (thrown) {
    if (!signal.aborted) emit(hookFailed('setup', thrown));
    return undefined;
  }
}

/** Never throws: what goes wrong is told. */
export async function runTeardown(options: HookOptions, data: unknown): Promise<void> {
  const { plan, scenario, emit } = options;
  if (!scenario.teardown) return;
  const { callTimeoutMs: timeoutMs } = plan.options;
  const tooLong = AbortSignal.timeout(timeoutMs);
  const work = async () => scenario.teardown?.({ params: paramsOf(plan), data, signal: tooLong });
  await withDeadline(work(), { timeoutMs, what: 'teardown()' }).catch((thrown: unknown) => {
    emit(hookFailed('teardown', thrown));
  });
}

/** A run's parameters, as scripts are given them. */
export function paramsOf({ params = {} }: Plan): NonNullable<Plan['params']> {
  return Object.freeze({ ...params });
}

function hookFailed(hook: 'setup' | 'teardown', thrown: unknown): RunEvent {
  const { name, message, stack } = toError(thrown);
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    t: harnessNow(),
    type: 'hook-failed',
    hook,
    message: `the scenario's ${hook}() threw ${name}: ${message}`,
    stack: (frames ?? []).slice(0, 3).map((line) => line.trim()),
  };
}

/** A copy, as it will be when it has been on disk; what JSON cannot hold would be lost there without a word. */
function asJson(returned: unknown): unknown {
  if (returned === undefined) return undefined;
  const text: string | undefined = JSON.stringify(returned);
  const copy: unknown = text === undefined ? undefined : JSON.parse(text);
  if (isDeepStrictEqual(copy, returned)) return copy;
  throw new TypeError('expected setup() to return what JSON can hold, got something that it would change');
}
