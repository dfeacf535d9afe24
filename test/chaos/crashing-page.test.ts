import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../harness/store/layout.ts';
import p2pCall from '../../scenarios/p2p-call.ts';
import { commandLine, descendants } from '../helpers/processes.ts';
import { tryScenario } from '../helpers/try-scenario.ts';

/** Kills every renderer of the browser at the hold of the first call, but not the browser itself. */
function killRenderers(pattern: RegExp): (event: RunEvent) => void {
  let pid = 0;
  return (event) => {
    if (event.type === 'browser-launched') pid = event.pid ?? 0;
    if (event.type !== 'step-started' || event.step !== 'hold' || !event.call.startsWith('001')) return;
    for (const child of descendants(pid))
      if (pattern.test(commandLine(child))) process.kill(child, 'SIGKILL');
  };
}

describe.for([
  ['chrome', /--type=renderer/],
  ['firefox', /-isForBrowser|-contentproc .* tab$/],
] as const)('pages of %s that crash in the middle of a call', ([browser, renderer]) => {
  test('error that call in agent; the browser lives and the next call passes', async () => {
    await using run = await tryScenario(p2pCall, {
      pairs: [`${browser}:${browser}`],
      options: { iterations: 2 },
      onEvent: killRenderers(renderer),
    });
    expect(run.result).toMatchObject({
      status: 'errored',
      exitCode: 112,
      calls: [{ status: 'errored', phase: 'agent' }, { status: 'passed' }],
    });
    expect(run.events.filter(({ type }) => type === 'browser-died')).toEqual([]);
    expect(run.events.filter(({ type }) => type === 'browser-launched')).toHaveLength(1);
  });
});
