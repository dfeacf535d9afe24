export function temporaryHome(): string;
/** When a process started, as text that differs if its pid was used again; `undefined` if it is not alive. */
export function processStart(pid: number): string | undefined;
/** Pids of processes whose command line holds `text`. */
export function processesWith(text: string): number[];
/** Kills what still runs from a run's temporary folder, its whole process groups, and removes the folder. */
export function removeRun(folder: string): { killed: number[] };
/** Removes what runs that were killed left behind: those whose owner is no longer alive. */
export function sweepLeftovers(home?: string): { folder: string; killed: number[] }[];
/** How the name of a run's folder begins while the process that owns it is alive. */
export function runFolderPrefix(pid: number): string;
