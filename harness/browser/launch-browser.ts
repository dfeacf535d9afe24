import { dirname } from 'node:path';
import { BrowserError, toError } from '../errors.ts';
import { withDeadline } from '../lifecycle/deadline.ts';
import type { BrowserPlace } from '../peer/host.ts';
import type { ProfileName } from '../media/profiles.ts';
import type { Headless } from '../plan/fleet.ts';
import type { PlannedBrowser } from '../plan/plan.ts';
import type { AttachedBrowser } from './attached-browser.ts';
import { BrowserProcess, type StartBrowserOptions } from './browser-process.ts';
import { chromiumFlags } from './chromium-flags.ts';
import { firefoxPreferences } from './firefox-preferences.ts';

/** A Firefox launch took 43 s on a very busy machine. */
const LAUNCH_TIMEOUT_MS = 90_000;
const DEVTOOLS_LISTENING = /^DevTools listening on (ws:\/\/.*)$/;
const BIDI_LISTENING = /^WebDriver BiDi listening on (ws:\/\/.*)$/;

/** A browser of this machine. */
export type LaunchableBrowser = PlannedBrowser & { executablePath: string };

export interface LaunchOptions {
  browser: LaunchableBrowser;
  /** An empty folder for the profile; its owner removes it. */
  profile: string;
  headed: boolean;
  /** Which of Chromium's headless modes. Default: `new`. */
  headless?: Headless | undefined;
  /** What peers send decides what fake devices make up, and what tabs share. Default: `real`. */
  media?: ProfileName | undefined;
  mdns: boolean;
  /** Files in place of what the fake devices make up; Chromium only. */
  files?: { video?: string; audio?: string } | undefined;
  acceptRunCertificate: boolean;
  /** Chromium accepts only certificates with these keys then: SHA-256, base64. Firefox knows no such limit. */
  trustedSpki?: readonly string[];
  /** Where it runs; default: this machine's own network. */
  place?: BrowserPlace | undefined;
  onOutput?: (line: string) => void;
  signal?: AbortSignal;
}

export interface LaunchedBrowser {
  process: BrowserProcess;
  attached: AttachedBrowser;
  launchMs: number;
}

/**
 * Starts a browser and attaches the planned driver to it.
 *
 * @throws BrowserError when it does not start or cannot be attached to; the signal's reason when aborted. Nothing is left
 * running then.
 */
export async function launchBrowser(options: LaunchOptions): Promise<LaunchedBrowser> {
  const started = performance.now();
  const { browser, acceptRunCertificate, trustedSpki = [], place, signal } = options;
  // Loading the driver takes as long as starting Chromium does.
  const driver = attacher(browser);
  driver.catch(() => {});
  const process = await BrowserProcess.start(await startOptions(options));
  try {
    const attach = await driver;
    const attaching = attach({
      endpoint: process.endpoint,
      kind: browser.kind,
      // In Chromium the flag does it; the driver's own way would trust everything.
      acceptInsecureCerts: acceptRunCertificate && (browser.kind === 'firefox' || trustedSpki.length === 0),
      dial: place && ((port) => place.dial(port)),
    });
    const attached = await withDeadline(attaching, {
      timeoutMs: LAUNCH_TIMEOUT_MS,
      what: `${browser.name} to answer ${browser.driver}`,
      lastSeen: () => process.outputTail.at(-1),
      signal,
    });
    return { process, attached, launchMs: performance.now() - started };
  } catch (cause) {
    await process.close();
    signal?.throwIfAborted();
    if (cause instanceof BrowserError) throw cause;
    throw new BrowserError(
      `${browser.name} started but ${browser.driver} could not attach to it: ${toError(cause).message}`,
      {
        code: 'BROWSER_NOT_ATTACHED',
        hint: `its last words: ${process.outputTail.slice(-3).join(' | ') || 'none'}`,
        details: { executablePath: browser.executablePath, stderr: [...process.outputTail] },
        cause,
      },
    );
  }
}

async function startOptions(options: LaunchOptions): Promise<StartBrowserOptions> {
  const { browser, place, onOutput, signal } = options;
  const shared = {
    ...(place && { enter: place.enter }),
    executablePath: browser.executablePath,
    timeoutMs: LAUNCH_TIMEOUT_MS,
    ...(onOutput && { onOutput }),
    ...(signal && { signal }),
  };
  return browser.kind === 'firefox'
    ? { ...shared, ...(await firefoxStart(options)), endpoint: BIDI_LISTENING }
    : {
        ...shared,
        args: chromiumFlags({ ...options, sandbox: !isRoot() }),
        env: environment(options.profile),
        endpoint: DEVTOOLS_LISTENING,
      };
}

async function firefoxStart({
  profile,
  headed,
  mdns,
  place,
}: LaunchOptions): Promise<Pick<StartBrowserOptions, 'args' | 'env'>> {
  const { Browser, createProfile } = await import('@puppeteer/browsers');
  const preferences = firefoxPreferences({ mdns, ipv6Only: place?.ipv6Only ?? false });
  await createProfile(Browser.FIREFOX, { path: profile, preferences });
  return {
    args: [
      ...(headed ? [] : ['--headless']),
      '--no-remote',
      '--profile',
      profile,
      '--remote-debugging-port',
      '0',
      'about:blank',
    ],
    env: { ...environment(profile), MOZ_CRASHREPORTER_DISABLE: '1' },
  };
}

async function attacher({ driver }: PlannedBrowser) {
  if (driver === 'playwright') return (await import('./attach-playwright.ts')).attachPlaywright;
  return (await import('./attach-puppeteer.ts')).attachPuppeteer;
}

/** A Unix socket's path is 107 characters at most (unix(7)); Chromium puts one into a folder of 44 below TMPDIR. */
const LONGEST_TMPDIR = 60;

/** Browsers leave things in the temporary folder (Chromium's singleton socket): theirs goes away with the profile. */
function environment(profile: string): NodeJS.ProcessEnv {
  const folder = dirname(profile);
  const isUsable = process.platform === 'linux' && folder.length <= LONGEST_TMPDIR;
  return isUsable ? { ...process.env, TMPDIR: folder } : process.env;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
