import path from 'node:path';
import { DISK } from '../executables.mjs';
import { findBrowsers, KNOWN_BROWSERS, type FoundBrowser } from '../find-browsers.mjs';
import type { GridAddress } from '../../grid/address.ts';
import { planInstall } from '../install.mjs';
import { advise } from './advise.ts';
import { askBrowser } from './browsers.ts';
import { askGrid } from './grid.ts';
import { tryLab } from './lab.ts';
import { inspectMachine } from './machine.ts';
import { tryMonitor } from './monitor.ts';
import { judgeNetworks } from './networks.ts';
import type { BrowserFinding, DoctorReport } from './report.ts';
import { findTools } from './tools.ts';

export interface ExamineOptions {
  env: NodeJS.ProcessEnv;
  /** A Grid to ask as well. */
  grid?: GridAddress | undefined;
  /** Told what is looked at, as it may take seconds. */
  onProgress?: (line: string) => void;
}

/** Finds out what this machine can do. What does not work is a finding with its reason, never an error. */
export async function examine({
  env,
  grid: address,
  onProgress = () => {},
}: ExamineOptions): Promise<DoctorReport> {
  const { found, problems } = findBrowsers({ wanted: Object.keys(KNOWN_BROWSERS), env });
  const browsers: BrowserFinding[] = [];
  // One at a time: a busy machine makes a launch fail that would work.
  for (const browser of withoutTwins(found)) {
    onProgress(`asking ${browser.name} (${browser.executablePath})`);
    browsers.push(await askBrowser(browser));
  }
  onProgress('looking at the network');
  const tools = await findTools(env);
  const machine = inspectMachine();
  const monitor = await tryMonitor();
  const grid = address && (await askGrid(address));
  const findings = { machine, browsers, tools, networks: judgeNetworks(browsers, tools, tryLab(env)) };
  const commandFor = (thing: string) => planInstall([thing], { env })[0]?.byHand.join(', or: ') || undefined;
  const wrong = problems.map(({ path: where, got, hint }) => ({
    what: `${where} is ${got}`,
    costs: 'that browser is not used',
    ...(hint && { command: hint }),
  }));
  return {
    schemaVersion: 1,
    canRun: grid ? grid.canCall : browsers.some(({ canCall }) => canCall),
    ...findings,
    monitor,
    ...(grid && { grid }),
    advice: [...wrong, ...advise(findings, commandFor)],
  };
}

/** Without a second name for the same browser: `firefox-esr` beside a `firefox` that is a link or script to it. */
function withoutTwins(found: readonly FoundBrowser[]): FoundBrowser[] {
  const kept: FoundBrowser[] = [];
  for (const browser of found) {
    if (!kept.some((other) => leadsTo(other.executablePath, browser.executablePath))) kept.push(browser);
  }
  return kept;
}

function leadsTo(executablePath: string, target: string): boolean {
  if (DISK.realPath(executablePath) === DISK.realPath(target)) return true;
  const text = DISK.head(executablePath);
  return text.startsWith('#!') && text.includes(`exec ${path.basename(target)}`);
}
