import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import type { Status } from '../result.ts';

/**
 * What the process exits with after a run.
 *
 * Stopped from outside beats all, as what was measured is partial; then a failure, as it is the one thing that was
 * proven about the product; then the script's exception, the environment's fault, and the lack of evidence.
 */
export function exitCodeOf({
  status,
  aborted,
  isScriptFault,
}: {
  status: Status;
  aborted: boolean;
  /** Whether some call ended because the scenario's own code threw. */
  isScriptFault: boolean;
}): ExitCode {
  if (aborted) return EXIT_CODES.aborted;
  if (status === 'failed') return EXIT_CODES.failed;
  if (isScriptFault) return EXIT_CODES.script;
  if (status === 'errored') return EXIT_CODES.environment;
  return status === 'passed' ? EXIT_CODES.passed : EXIT_CODES.inconclusive;
}
