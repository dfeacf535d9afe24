import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findCommand } from '../processes.mjs';
import { GRID_THINGS, THINGS } from '../things.mjs';
import type { ToolFinding } from './report.ts';

const VERSION_FLAGS: Record<string, string> = { ip: '-V', tc: '-V' };
const VERSION = /\d+\.\d+(?:\.\d+)?/;

/** The programs a run may use beside browsers, with their versions. */
export async function findTools(env: NodeJS.ProcessEnv): Promise<ToolFinding[]> {
  const tools = Object.entries(THINGS).filter(
    ([name, { command }]) => command !== undefined && !GRID_THINGS.includes(name),
  );
  return await Promise.all(
    tools.map(async ([name, { command = name, linuxOnly = false }]) => {
      const path = findCommand(command, env);
      const version = path && (await versionOf(path, VERSION_FLAGS[name] ?? '--version'));
      return { name, ...(path && { path }), ...(version && { version }), linuxOnly };
    }),
  );
}

/** The first thing that looks like a version in what a program says of itself. */
async function versionOf(path: string, flag: string): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await promisify(execFile)(path, [flag], { timeout: 10_000 });
    return VERSION.exec(`${stdout}${stderr}`)?.[0];
  } catch {
    return undefined;
  }
}
