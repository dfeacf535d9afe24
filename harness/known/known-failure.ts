import type { BrowserKind } from '../plan/plan.ts';

/** Browsers by family and, if it says so, by version: both ends belong to it, with all their parts. */
export interface BrowserRange {
  kind: BrowserKind;
  /** `140`; absent: from the first. */
  from?: string;
  /** `153` means up to 153.9999; absent: up to the newest, as nobody has seen it mended. */
  to?: string;
}

/** A failure that is somebody else's bug, and known: what it looks like, and why it is. Data; JSON. */
export interface KnownFailure {
  /** kebab-case, unique. */
  id: string;
  /** Names of the scenarios it breaks. */
  scenarios: readonly string[];
  /** Which browsers, by role; a role that is not named may be played by any. */
  browsers: Readonly<Record<string, BrowserRange>>;
  /** Names of variants; absent: all. */
  variants?: readonly string[];
  /** What breaks: all that is said here must be so. Texts are parts of what is reported. */
  failure: { phase?: string; check?: string; message?: string };
  /** Whose bug it is, and what happens, for who reads the report. */
  reason: string;
  /** Where it is tracked or specified. */
  link?: string;
  /** ISO 8601 date on which it was last seen to be so. */
  since: string;
}

/** What a run makes of known failures. `tolerate`: they are listed and do not fail it. `fail`: they are but explained. */
export type KnownMode = 'tolerate' | 'fail';

/** Those that may show in a run, and what it makes of them; in its plan. */
export interface PlannedKnown {
  mode: KnownMode;
  failures: KnownFailure[];
}
