import { CallrigError, NetworkError, PeerError, SignalingError, TimeoutError, toError } from '../errors.ts';
import { PHASES, type Fault, type PeerRecord, type Phase } from '../call-record.ts';
import { diagnose, type Diagnosis } from './diagnose.ts';

/** Codes that say that the environment broke the call, not the product under test. */
const ENVIRONMENT = new Set(['PEER_GONE', 'PEER_HUNG', 'PEER_PROTOCOL', 'PEER_CLOSED', 'MANUAL_PEER_ABSENT']);
/** getUserMedia() errors that come from this machine's devices or limits, not from a refusal. */
const DEVICE_ERRORS = new Set(['NotReadableError', 'NotFoundError', 'AbortError']);

/**
 * What ended a call early, from what was thrown and what the peers looked like.
 *
 * A connection that did not come about is diagnosed from both peers' marks, since the side that noticed is often not
 * the side that broke; for the same reason what waited in vain names what a peer refused. Anything
 * that is neither a peer's nor a browser's comes from the scenario's own script.
 */
export function toFault(thrown: unknown, peers: readonly PeerRecord[]): Fault {
  const error = toError(thrown);
  if (!(error instanceof CallrigError)) return scriptFault(error);
  const phase = phaseOf(error);
  const isScript = error.code === 'PEER_FAULT' && phase === 'script';
  const role = error.details['role'];
  const isConnecting = phase === 'ice' || phase === 'dtls' || phase === 'signaling';
  const diagnosis =
    error instanceof TimeoutError
      ? ((isConnecting ? diagnose(peers) : undefined) ?? refusal(peers))
      : undefined;
  return {
    phase: diagnosis?.phase ?? phase,
    status: isScript ? 'errored' : statusOf(error, phase),
    message: diagnosis ? `${diagnosis.what}: ${error.message}` : error.message,
    code: error.code,
    ...(typeof role === 'string' && { role }),
    ...(error.hint !== undefined && { hint: error.hint }),
    details: error.details,
    // A function of the script's own threw in the page.
    ...(isScript && { script: true as const }),
  };
}

/** What a peer would not take, which the others may wait for in vain. */
function refusal(peers: readonly PeerRecord[]): Diagnosis | undefined {
  const refuser = peers.find(({ evidence }) => evidence.refused !== undefined);
  return refuser && { phase: 'negotiation', what: `${refuser.role}: ${refuser.evidence.refused}` };
}

function scriptFault(error: Error): Fault {
  const where = error.stack
    ?.split('\n')
    .slice(1, 4)
    .map((line) => line.trim());
  return {
    phase: 'script',
    status: 'errored',
    message: `the scenario's script threw ${error.name}: ${error.message}`,
    code: 'SCRIPT_THREW',
    details: { stack: where },
    script: true,
  };
}

function phaseOf(error: CallrigError): Phase {
  const fallback = error instanceof NetworkError ? 'network' : 'agent';
  return PHASES.find((phase) => phase === error.details['phase']) ?? fallback;
}

function statusOf(error: CallrigError, phase: Phase): Fault['status'] {
  if (error.code === 'UNSUPPORTED') return 'unsupported';
  const isPeers =
    error instanceof PeerError || error instanceof SignalingError || error instanceof TimeoutError;
  if (!isPeers || ENVIRONMENT.has(error.code) || phase === 'launch') return 'errored';
  if (error instanceof TimeoutError && phase === 'agent') return 'errored';
  if (error instanceof PeerError && phase === 'media' && DEVICE_ERRORS.has(String(error.details['name'])))
    return 'errored';
  return 'failed';
}
