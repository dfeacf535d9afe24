import { expect, test } from 'vitest';
import type { KnownFailure, PlannedKnown } from '../../harness/known/known-failure.ts';
import type { Problem } from '../../harness/errors.ts';
import { isToleratedRecord } from '../../harness/verdict/known.ts';
import { LiveGate } from '../../harness/verdict/live-gate.ts';
import { parseThresholds } from '../../harness/verdict/thresholds.ts';
import { judgeCalls, planOf } from '../fixtures/judging.ts';
import { recordedCall, type RecordedCall } from '../fixtures/recorded.ts';
import { renderJunit } from '../../reports/junit.ts';
import { renderSummary } from '../../reports/summary.ts';
import { renderTable } from '../../reports/terminal/table.ts';

const KNOWN: KnownFailure = {
  id: 'firefox-loses-dtls',
  scenarios: ['p2p-call'],
  browsers: { caller: { kind: 'chromium' }, callee: { kind: 'firefox', from: '140', to: '153' } },
  failure: { phase: 'dtls', message: 'alert 47' },
  reason: 'Firefox sends an alert.',
  link: 'https://example.org/1',
  since: '2030-01-01',
};
const expecting = (change: Partial<KnownFailure> = {}, mode: PlannedKnown['mode'] = 'tolerate') => ({
  known: { mode, failures: [{ ...KNOWN, ...change }] },
});

/** A recorded call of Chromium 156 and Firefox 153 that ended with this, under another id. */
function broken(message: string, id = 'broken'): RecordedCall {
  const call = recordedCall();
  call.record.id = id;
  call.record.fault = { phase: 'dtls', status: 'failed', code: 'PEER_FAULT', message, details: {} };
  return call;
}
const known = (id?: string) => broken('callee: DTLS: alert 47', id);
const THRESHOLDS = { connection_success: ['rate==1'], checks: ['rate==1'] };

test('judge() passes a run whose only failure is known, and lists it', async () => {
  const run = await judgeCalls([recordedCall(), known()], { ...expecting(), thresholds: THRESHOLDS });
  expect(run).toMatchObject({ status: 'passed', exitCode: 0, reasons: [] });
  expect(run.headline).toContain('1 of 2 calls passed, 1 failed as is known');
  expect(run.calls[1]).toMatchObject({ status: 'failed', known: ['firefox-loses-dtls'] });
  expect(run.known).toMatchObject({ failures: [{ status: 'seen', calls: ['broken'], link: KNOWN.link }] });
});

test('judge() measures nothing in a call that failed as is known', async () => {
  const alone = await judgeCalls([recordedCall()], { thresholds: THRESHOLDS });
  const both = await judgeCalls([recordedCall(), known()], { ...expecting(), thresholds: THRESHOLDS });
  expect(both.metrics['connect_ms']?.samples).toBe(alone.metrics['connect_ms']?.samples);
});

test.for<[string, ReturnType<typeof expecting>, RecordedCall]>([
  ['its message is another', expecting(), broken('callee: DTLS: alert 48')],
  ['its phase is another', expecting({ failure: { phase: 'ice', message: 'alert 47' } }), known()],
  ['the browser is older', expecting({ browsers: { callee: { kind: 'firefox', from: '154' } } }), known()],
  ['the browser is newer', expecting({ browsers: { callee: { kind: 'firefox', to: '152' } } }), known()],
  ['the roles are the other way round', expecting({ browsers: { caller: { kind: 'firefox' } } }), known()],
  ['it is of another variant', expecting({ variants: ['relay-tls'] }), known()],
  ['known failures are not tolerated', expecting({}, 'fail'), known()],
])('judge() fails a run if %s', async ([, shape, call]) => {
  const run = await judgeCalls([recordedCall(), call], { ...shape, thresholds: THRESHOLDS });
  expect(run).toMatchObject({ status: 'failed', exitCode: 99 });
});

test('judge() fails a run in which something else failed in the same call', async () => {
  const call = known();
  call.record.checks.push({ name: 'x', passed: false, expected: 'a', actual: 'b', phase: 'rtp' });
  const run = await judgeCalls([recordedCall(), call], expecting());
  expect(run).toMatchObject({ status: 'failed' });
  expect(run.calls[1]).not.toHaveProperty('known');
});

test('judge() fails a run in which another call of the same cell failed otherwise', async () => {
  const run = await judgeCalls([recordedCall(), known(), broken('something new', 'new')], expecting());
  expect(run).toMatchObject({ status: 'failed' });
  expect(run.calls[1]).toMatchObject({ known: ['firefox-loses-dtls'] });
});

test('judge() misses calls that left no record, though one failed as is known and --bail was given', async () => {
  const run = await judgeCalls([recordedCall(), known()], { ...expecting(), unrun: 1, bail: true });
  expect(run).toMatchObject({ status: 'inconclusive' });
});

test.for<[outcome: boolean, condition: string, ReturnType<typeof expecting>, RecordedCall]>([
  [true, 'it broke as is known', expecting(), known()],
  [false, 'it broke otherwise', expecting(), broken('callee: DTLS: alert 48')],
  [false, 'it did not break', expecting(), recordedCall()],
  [false, 'known failures are not tolerated', expecting({}, 'fail'), known()],
])('isToleratedRecord() is %s if %s', ([outcome, , plan, { record }]) => {
  expect(isToleratedRecord(plan, record)).toBe(outcome);
});

test('LiveGate.add() measures nothing in a call that failed as is known', () => {
  const problems: Problem[] = [];
  const thresholds = parseThresholds(
    { connect_ms: [{ threshold: 'max<1', abortOnFail: true }] },
    'thresholds',
    problems,
  );
  const { record, deltas } = known();
  const add = (mode: PlannedKnown['mode']) =>
    new LiveGate({ ...planOf([record]), thresholds, ...expecting({}, mode) }).add(
      record,
      (role) => deltas[role]!,
    );
  expect(add('fail')).toMatchObject({ metric: 'connect_ms' });
  expect(add('tolerate')).toBeUndefined();
});

test('judge() explains what it does not tolerate', async () => {
  const run = await judgeCalls([recordedCall(), known()], expecting({}, 'fail'));
  expect(run.known).toMatchObject({ mode: 'fail', failures: [{ status: 'seen' }] });
});

test('judge() is inconclusive if nothing passed, though all of it is known', async () => {
  const run = await judgeCalls([known()], expecting());
  expect(run).toMatchObject({ status: 'inconclusive', exitCode: 111 });
  expect(run.headline).toContain('1 of 1 failed as is known (firefox-loses-dtls)');
});

test('judge() says that a known failure passes now', async () => {
  const run = await judgeCalls([recordedCall()], expecting());
  expect(run.status).toBe('passed');
  expect(run.known?.failures).toMatchObject([{ id: KNOWN.id, status: 'passes-now' }]);
});

test('judge() says nothing of a known failure that these browsers do not have', async () => {
  const run = await judgeCalls([recordedCall()], expecting({ browsers: { caller: { kind: 'firefox' } } }));
  expect(run).not.toHaveProperty('known');
});

test('every report tells of known failures: JUnit skips them, and says which are gone', async () => {
  const seen = await judgeCalls([recordedCall(), known()], expecting());
  const gone = await judgeCalls([recordedCall()], expecting());
  expect(renderJunit(seen)).toContain('<skipped message="known failure firefox-loses-dtls: ');
  expect(renderJunit(seen)).toContain('failures="0"');
  expect(renderJunit(seen)).toContain('<property name="known.1" value="firefox-loses-dtls: known since');
  for (const render of [
    renderSummary,
    (run: typeof seen) => renderTable(run, { color: false, width: 500 }),
  ]) {
    expect(render(seen)).toContain('known since 2030-01-01, tolerated, in broken. Firefox sends an alert.');
    expect(render(gone)).toContain('passes now in 1 call: remove it');
  }
});
