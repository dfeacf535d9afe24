// @ts-check
// Plain JS without dependencies: the watchdog runs it without a loader, after the harness is gone.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The folder below which every run of this user keeps its browser profiles. */
export function temporaryHome() {
  const user = process.getuid?.() ?? os.userInfo().username;
  return path.join(os.tmpdir(), `callrig-${user}`);
}

/**
 * When a process started, as text that differs if its pid was used again; `undefined` if it is not alive.
 * @param {number} pid
 * @returns {string | undefined}
 */
export function processStart(pid) {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    process.kill(pid, 0);
  } catch {
    return undefined;
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return 'alive';
  }
}

/**
 * Pids of processes whose command line holds `text` (a run's temporary folder is in every browser's).
 * @param {string} text
 * @returns {number[]}
 */
export function processesWith(text) {
  const own = process.pid;
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && pid !== own && commandLine(pid).includes(text));
  }
  const list =
    process.platform === 'win32'
      ? [
          'powershell',
          '-NoProfile',
          '-Command',
          'Get-CimInstance Win32_Process | % { "$($_.ProcessId) $($_.CommandLine)" }',
        ]
      : ['ps', '-axo', 'pid=,command='];
  try {
    return execFileSync(/** @type {string} */ (list[0]), list.slice(1), {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    })
      .split('\n')
      .filter((line) => line.includes(text))
      .map((line) => parseInt(line.trim(), 10))
      .filter((pid) => pid > 0 && pid !== own);
  } catch {
    return [];
  }
}

/** @param {number} pid */
function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

/**
 * Kills what still runs from a run's temporary folder, its whole process groups, and removes the folder.
 * @param {string} folder
 * @returns {{ killed: number[] }}
 */
export function removeRun(folder) {
  const killed = processesWith(folder + path.sep);
  for (const pid of killed) killTree(pid);
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  return { killed };
}

/** @param {number} pid */
function killTree(pid) {
  if (process.platform === 'win32') {
    try {
      execFileSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
    } catch {
      // Already gone.
    }
    return;
  }
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // Already gone, or not the leader of a group.
    }
  }
}

/**
 * How the name of a run's folder begins while the process that owns it is alive.
 * @param {number} pid
 */
export function runFolderPrefix(pid) {
  return `run-${pid}-${(processStart(pid) ?? 'gone').replaceAll(/\W/g, '_')}-`;
}

/**
 * Removes what runs that were killed left behind: those whose owner is no longer alive.
 * @returns {{ folder: string, killed: number[] }[]}
 */
export function sweepLeftovers(home = temporaryHome()) {
  if (!existsSync(home)) return [];
  const swept = [];
  for (const name of readdirSync(home)) {
    const folder = path.join(home, name);
    const owner = /^run-(\d+)-/.exec(name);
    if (!owner || name.startsWith(runFolderPrefix(Number(owner[1])))) continue;
    swept.push({ folder, ...removeRun(folder) });
  }
  return swept;
}
