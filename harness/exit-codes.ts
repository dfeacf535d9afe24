/**
 * Process exit codes: k6's numbers wherever the meaning is the same.
 *
 * @see https://grafana.com/docs/k6/latest/using-k6/exit-codes/ (99, 104, 105, 107)
 */
export const EXIT_CODES = {
  passed: 0,
  /** A threshold or a check failed: the product's fault. */
  failed: 99,
  /** Invalid configuration or usage: nothing was run. */
  usage: 104,
  /** SIGINT, SIGTERM or SIGHUP; what was measured until then is kept. */
  aborted: 105,
  /** The scenario's script threw something that is not a verdict on a peer. */
  script: 107,
  /** Not enough evidence for a verdict; also when nothing could be run (everything unsupported). */
  inconclusive: 111,
  /** The environment's fault: browser missing or dead, port in use, disk full. */
  environment: 112,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
