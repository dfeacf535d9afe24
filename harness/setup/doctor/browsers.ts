import { launchBrowser } from '../../browser/launch-browser.ts';
import { CallrigError, toError } from '../../errors.ts';
import { withDeadline } from '../../lifecycle/deadline.ts';
import { TemporaryFolder } from '../../lifecycle/temporary-folder.ts';
import type { FoundBrowser } from '../find-browsers.mjs';
import { CapabilityServer } from './capability-server.ts';
import type { BrowserCapabilities, BrowserFinding } from './report.ts';

const ANSWER_TIMEOUT_MS = 45_000;

/**
 * Launches a browser headless as a run would, opens a page on localhost and asks the browser what it can do.
 *
 * A browser that does not launch, answer or connect is a finding with its reason, never an error.
 */
export async function askBrowser(browser: FoundBrowser): Promise<BrowserFinding> {
  const { name, kind, executablePath, source } = browser;
  const finding = { name, kind, executablePath, source };
  try {
    const { version, capabilities } = await launchAndAsk(browser);
    const failure = whyNoCall(capabilities);
    return { ...finding, version, capabilities, canCall: failure === undefined, ...(failure && { failure }) };
  } catch (thrown) {
    return { ...finding, canCall: false, failure: describe(thrown) };
  }
}

async function launchAndAsk(browser: FoundBrowser) {
  await using folder = TemporaryFolder.open();
  await using server = await CapabilityServer.open();
  const { process, attached } = await launchBrowser({
    browser: { ...browser, driver: 'puppeteer' },
    profile: folder.create(browser.name),
    headed: false,
    mdns: false,
    acceptRunCertificate: false,
  });
  await using _process = process;
  let lastWords = 'nothing';
  await attached.openPage(server.url, {
    onConsole: ({ text }) => (lastWords = text),
    onGone: (reason) => (lastWords = reason),
  });
  const died = process.exited.then(({ exitCode, signal, stderr }): never => {
    throw new Error(`it ended with ${signal ?? `code ${exitCode}`}: ${stderr.at(-1) ?? 'it said nothing'}`);
  });
  const capabilities = await withDeadline(Promise.race([server.result, died]), {
    timeoutMs: ANSWER_TIMEOUT_MS,
    what: `${browser.name}'s page to answer`,
    lastSeen: () => lastWords,
  });
  // The process is ended on purpose from here on.
  died.catch(() => {});
  return { version: attached.version, capabilities };
}

function whyNoCall({
  secureContext,
  peerConnection,
  getUserMedia,
  connected,
  connectFailure,
}: BrowserCapabilities) {
  if (!peerConnection) return 'it was built without RTCPeerConnection';
  if (!secureContext)
    return 'http://localhost is no secure context in it, so it has no camera and microphone';
  if (!getUserMedia) return 'it has no getUserMedia';
  return connected ? undefined : `two connections in one page did not connect: ${connectFailure}`;
}

function describe(thrown: unknown): string {
  const { message } = toError(thrown);
  return thrown instanceof CallrigError && thrown.hint ? `${message} (${thrown.hint})` : message;
}
