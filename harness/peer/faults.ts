import type { Phase } from '../call-record.ts';
import { PeerError, TimeoutError } from '../errors.ts';

/** Adds whom it happened to, and in which phase unless the agent knows better. */
export function explainFault(error: Error, { role, phase }: { role: string; phase: Phase }): Error {
  if (error instanceof PeerError) {
    const { code, hint, details } = error;
    return new PeerError(`${role}: ${error.message}`, {
      code,
      ...(hint !== undefined && { hint }),
      details: { phase, ...details, role },
      cause: error,
    });
  }
  if (error instanceof TimeoutError) {
    const { code, details } = error;
    return new TimeoutError(error.message, { code, details: { phase, ...details, role }, cause: error });
  }
  return error;
}

/** Waits for all; the first fault wins, and the others' are not left unhandled. */
export async function allOrFirstFault(work: Promise<unknown>[]): Promise<void> {
  for (const promise of work) promise.catch(() => {});
  await Promise.all(work);
}
