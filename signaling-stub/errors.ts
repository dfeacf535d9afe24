/** The stub could not start. `PORT_IN_USE ADDRESS_UNAVAILABLE TLS_INVALID OPTIONS_INVALID LISTEN_FAILED`. */
export class SignalingStubError extends Error {
  readonly code: string;
  /** What the reader can do. */
  readonly hint: string | undefined;
  readonly details: Record<string, unknown>;

  constructor(
    message: string,
    {
      code,
      hint,
      details = {},
      cause,
    }: { code: string; hint?: string; details?: Record<string, unknown>; cause?: unknown },
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SignalingStubError';
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}
