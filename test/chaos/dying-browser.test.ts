import { describe, expect, test } from 'vitest';
import p2pCall from '../../scenarios/p2p-call.ts';
import { tryScenario } from '../helpers/try-scenario.ts';
import type { RunEvent } from '../../harness/store/layout.ts';

/** Kills the browser's process group when a call reaches the hold. */
function killAt(call: string, browser: string): (event: RunEvent) => void {
  let pid: number | undefined;
  return (event) => {
    if (event.type === 'browser-launched' && event.browser === browser) pid ??= event.pid;
    if (event.type === 'step-started' && event.call === call && event.step === 'hold')
      process.kill(-pid!, 'SIGKILL');
  };
}

describe.for(['chrome', 'firefox'])('%s killed in the middle of a call', (browser) => {
  test('errors that call with its pid; the others go on in a new process and the run exits 112', async () => {
    const first = `001-${browser}-${browser}`;
    await using run = await tryScenario(p2pCall, {
      pairs: [`${browser}:${browser}`],
      options: { iterations: 2 },
      onEvent: killAt(first, browser),
    });
    const died = run.events.find((event) => event.type === 'browser-died');
    expect(died).toMatchObject({ browser, signal: 'SIGKILL' });
    expect(run.result).toMatchObject({
      status: 'errored',
      exitCode: 112,
      calls: [{ id: first, status: 'errored', phase: 'agent' }, { status: 'passed' }],
    });
    expect(run.result.calls[0]!.headline).toContain(`pid ${died?.type === 'browser-died' ? died.pid : ''}`);
    // Relaunched, and said so.
    const launches = run.events.flatMap((event) =>
      event.type === 'browser-launched' ? [event.relaunch] : [],
    );
    expect(launches).toEqual([false, true]);
    // What was measured of the broken call is kept.
    expect(run.result.calls[0]!.peers['caller']!.metrics['connect_ms']).toBeGreaterThan(0);
  });
});
