import { execFileSync } from 'node:child_process';
import { readFileSync, statfsSync, statSync } from 'node:fs';
import os from 'node:os';
import type { Machine } from './report.ts';

/** What the machine, or the container that we are in, has. */
export function inspectMachine(): Machine {
  const cores = os.cpus();
  const coreLimit = cgroupCores();
  const openFiles = openFileLimit();
  const shmBytes = sharedMemoryBytes();
  return {
    os: `${os.platform()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    cpuModel: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    ...(coreLimit !== undefined && { coreLimit }),
    memoryBytes: memoryBytes(),
    ...(openFiles !== undefined && { openFiles }),
    ...(shmBytes !== undefined && { shmBytes }),
    sandbox: sandbox(),
  };
}

/** @see https://docs.kernel.org/admin-guide/cgroup-v2.html (`cpu.max`) */
function cgroupCores(): number | undefined {
  const [quota, period] = read('/sys/fs/cgroup/cpu.max')?.trim().split(' ').map(Number) ?? [];
  return quota && period ? quota / period : undefined;
}

function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < os.totalmem() ? limit : os.totalmem();
}

function openFileLimit(): number | undefined {
  if (process.platform === 'win32') return undefined;
  const line = read('/proc/self/limits')?.match(/^Max open files\s+(\d+)/m)?.[1];
  const text = line ?? execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' });
  const limit = Number(text);
  return Number.isNaN(limit) ? undefined : limit;
}

function sharedMemoryBytes(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const { bsize, blocks } = statfsSync('/dev/shm');
    return bsize * blocks;
  } catch {
    return undefined;
  }
}

/** @see https://chromium.googlesource.com/chromium/src/+/main/docs/linux/sandboxing.md */
function sandbox(): Machine['sandbox'] {
  if (process.platform !== 'linux') return { usable: true, reason: "the system's own" };
  if (process.getuid?.() === 0) {
    return {
      usable: false,
      reason: 'root: Chromium runs with --no-sandbox, so open no pages you do not trust',
    };
  }
  if (hasSetuidHelper()) return { usable: true, reason: 'setuid helper' };
  const restricted = read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')?.trim() === '1';
  const forbidden = read('/proc/sys/kernel/unprivileged_userns_clone')?.trim() === '0';
  if (restricted || forbidden)
    return { usable: false, reason: 'the kernel keeps user namespaces from users' };
  return { usable: true, reason: 'user namespaces' };
}

function hasSetuidHelper(): boolean {
  const helpers = ['/usr/lib/chromium/chrome-sandbox', '/opt/google/chrome/chrome-sandbox'];
  return helpers.some((path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o4000) !== 0);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
