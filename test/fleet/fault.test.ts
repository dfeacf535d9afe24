import { expect, test } from 'vitest';
import { BrowserError, NetworkError, PeerError, StoreError, TimeoutError } from '../../harness/errors.ts';
import { toFault } from '../../harness/fleet/fault.ts';
import { aPeerRecord } from './peer-record.ts';
import { STUCK } from './stuck.ts';

const peerError = (code: string, details: Record<string, unknown> = {}) =>
  new PeerError('what happened', { code, details: { role: 'caller', ...details } });
const timeout = (phase: string) =>
  new TimeoutError('waiting took long', { code: 'TIMEOUT', details: { phase, role: 'caller' } });

test.for(STUCK)(
  'toFault() diagnoses a timeout while connecting: $phase if $what',
  ({ phase, what, ...seen }) => {
    const peers = [aPeerRecord('caller', seen.caller), aPeerRecord('callee', seen.callee)];
    expect(toFault(timeout('ice'), peers)).toEqual({
      phase,
      status: 'failed',
      message: `${what}: waiting took long`,
      code: 'TIMEOUT',
      role: 'caller',
      details: { phase: 'ice', role: 'caller' },
    });
  },
);

test.for(['rtp', 'hang-up', 'media', 'script'] as const)(
  'toFault() keeps the phase %s of a timeout that is not about connecting',
  (phase) => {
    const { caller, callee } = STUCK[0]!;
    const peers = [aPeerRecord('caller', caller), aPeerRecord('callee', callee)];
    expect(toFault(timeout(phase), peers)).toMatchObject({ phase, message: 'waiting took long' });
  },
);

test('toFault() names what a peer refused if the other waited in vain', () => {
  const [caller, callee] = [aPeerRecord('caller'), aPeerRecord('callee')];
  callee.evidence.refused = 'setRemoteDescription(offer) failed with InvalidAccessError';
  expect(toFault(timeout('script'), [caller, callee])).toMatchObject({
    phase: 'negotiation',
    status: 'failed',
    message: 'callee: setRemoteDescription(offer) failed with InvalidAccessError: waiting took long',
  });
  expect(toFault(peerError('PEER_GONE', { phase: 'agent' }), [caller, callee])).toMatchObject({
    phase: 'agent',
    message: 'what happened',
  });
});

test("toFault() keeps the agent's phase if the agent itself said what broke", () => {
  const { caller, callee } = STUCK[0]!;
  const peers = [aPeerRecord('caller', caller), aPeerRecord('callee', callee)];
  const fault = toFault(peerError('PEER_FAULT', { phase: 'negotiation', name: 'OperationError' }), peers);
  expect(fault).toMatchObject({ phase: 'negotiation', status: 'failed', message: 'what happened' });
});

test.for(['PEER_GONE', 'PEER_HUNG', 'PEER_PROTOCOL', 'PEER_CLOSED', 'MANUAL_PEER_ABSENT'])(
  'toFault() is errored if the code is %s, whatever was being done',
  (code) => {
    for (const phase of ['agent', 'ice', 'rtp', 'script']) {
      expect(toFault(peerError(code, { phase }), [])).toMatchObject({ code, status: 'errored', phase });
      expect(toFault(peerError(code, { phase }), [])).not.toHaveProperty('script');
    }
  },
);

test.for([
  ['NotReadableError', 'errored'],
  ['NotFoundError', 'errored'],
  ['AbortError', 'errored'],
  ['NotAllowedError', 'failed'],
  ['OverconstrainedError', 'failed'],
] as const)('toFault() takes %s of getUserMedia() for %s', ([name, status]) => {
  expect(toFault(peerError('PEER_FAULT', { phase: 'media', name }), [])).toMatchObject({ status });
});

test('toFault() takes a device error for failed if it came from another phase', () => {
  const fault = toFault(peerError('PEER_FAULT', { phase: 'negotiation', name: 'NotFoundError' }), []);
  expect(fault.status).toBe('failed');
});

test.for(['launch', 'agent'])('toFault() is errored if a browser fails in phase %s', (phase) => {
  const error = new BrowserError('chrome died', { code: 'BROWSER_DIED', details: { phase }, hint: 'look' });
  expect(toFault(error, [])).toMatchObject({ status: 'errored', phase, hint: 'look', code: 'BROWSER_DIED' });
});

test("toFault() is errored if a page takes too long for what needs no network, else it is the product's", () => {
  expect(toFault(timeout('agent'), [])).toMatchObject({ status: 'errored', phase: 'agent' });
  expect(toFault(timeout('rtp'), [])).toMatchObject({ status: 'failed', phase: 'rtp' });
});

test("toFault() is the script's if its function threw in the page", () => {
  expect(toFault(peerError('PEER_FAULT', { phase: 'script', name: 'TypeError' }), [])).toMatchObject({
    phase: 'script',
    status: 'errored',
    script: true,
    role: 'caller',
  });
});

test.for([new TypeError('x is not a function'), new DOMException('no', 'AbortError')])(
  'toFault() is the script’s if %o was thrown',
  (thrown) => {
    const fault = toFault(thrown, []);
    expect(fault).toMatchObject({ phase: 'script', status: 'errored', code: 'SCRIPT_THREW', script: true });
    expect(fault.message).toBe(`the scenario's script threw ${thrown.name}: ${thrown.message}`);
    expect(fault.details['stack']).toEqual([
      expect.stringMatching(/^at /),
      expect.stringMatching(/^at /),
      expect.stringMatching(/^at /),
    ]);
  },
);

test.for(['a string', undefined, null, 42])(
  'toFault() is the script’s if it threw %o, which is no error',
  (thrown) => {
    expect(toFault(thrown, [])).toMatchObject({
      script: true,
      message: `the scenario's script threw Error: ${String(thrown)}`,
    });
  },
);

test.for(['nonsense', 7, undefined])('toFault() is in phase agent if the error says %o', (phase) => {
  expect(toFault(peerError('PEER_FAULT', { phase }), [])).toMatchObject({ phase: 'agent', status: 'failed' });
});

test('toFault() is errored if the network or the disk broke the call', () => {
  const options = { code: 'X', details: { phase: 'ice' } };
  expect(toFault(new NetworkError('no port', options), [])).toMatchObject({ status: 'errored' });
  expect(toFault(new StoreError('no space', options), [])).toMatchObject({ status: 'errored' });
});

test('toFault() shows what is in an object that a script threw', () => {
  const thrown: unknown = { answer: 42 };
  expect(toFault(thrown, []).message).toContain('{ answer: 42 }');
});
