/** What one of the run's process trees used. */
export interface TreeUsage {
  /** Name of the first process and its id: `chromium 4711`; the harness itself is `harness`. */
  name: string;
  pid: number;
  /** Cores used since the last sample: 1.5 is one and a half. */
  cores: number;
}

/**
 * What the machine did since the last sample; a line of `host.jsonl`, one a second. Shares are of all cores, 0 to 1. What
 * the platform does not tell is absent.
 */
export interface MachineSample {
  /** Epoch ms, harness's clock. */
  t: number;
  /** Neither idle nor waiting for a disk; what the hypervisor took counts, as nobody here could use it. */
  busyRatio?: number;
  /** Of that, what the hypervisor took. Linux. */
  stealRatio?: number;
  /** Waiting for a disk. Linux. */
  iowaitRatio?: number;
  /** Of `busyRatio`, what the run's own processes used: harness, browsers, bots, TURN server, the lab's. Linux. */
  ownRatio?: number;
  /** Share of its control group's CPU quota that was used, of several the fullest. Absent without a quota. Linux. */
  quotaRatio?: number;
  /** Processes that run or want to, the one that asks included. Linux. */
  runQueue?: number;
  /** Share of the time in which some process waited for a core (PSI, `some`). Linux with PSI. */
  cpuPressure?: number;
  memoryAvailableBytes?: number;
  /** TCP and UDP sockets of the harness's network namespace. Linux. */
  sockets?: number;
  /** Files the harness has open. Linux. */
  openFiles?: number;
  /** How late the harness's event loop was, mean, ms. */
  loopLatenessMs?: number;
  /** Linux. */
  trees?: TreeUsage[];
}
