import type { Phase } from '../../call-record.ts';

/** An error that knows which phase of the call it broke. */
export class PhaseError extends Error {
  readonly phase: Phase;

  constructor(phase: Phase, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = cause instanceof Error || cause instanceof DOMException ? cause.name : 'PhaseError';
    this.phase = phase;
  }
}

/** Runs `work`; what it throws comes out as a {@link PhaseError} that says what was being done. */
export async function inPhase<T>(phase: Phase, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof PhaseError) throw cause;
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new PhaseError(phase, `${doing} failed with ${text}`, cause);
  }
}
