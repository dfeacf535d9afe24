import { once } from 'node:events';
import type { ConnectionTransport } from 'puppeteer';
import { WebSocket } from 'ws';
import type { AttachedBrowser } from '../browser/attached-browser.ts';
import { attachedTo } from '../browser/attach-puppeteer.ts';
import { LARGEST_MESSAGE_BYTES, transportOver } from '../browser/dialed-transport.ts';
import { BrowserError } from '../errors.ts';
import { type GridAddress, socketUrl } from './address.ts';
import type { GrantedSession } from './grid-client.ts';

export interface AttachSessionOptions {
  address: GridAddress;
  session: GrantedSession;
  /** Over the DevTools protocol, which Grids offer for Chromium: for impairments. Else over WebDriver BiDi. */
  devtools: boolean;
}

/**
 * Attaches puppeteer to a session that is there already.
 *
 * @throws BrowserError when the Grid offers no such protocol; what the socket says when it does not open
 */
export async function attachSession({
  address,
  session,
  devtools,
}: AttachSessionOptions): Promise<AttachedBrowser> {
  const { capabilities } = session;
  const advertised = devtools ? capabilities['se:cdp'] : capabilities.webSocketUrl;
  if (advertised === undefined) throw noProtocol(address, session, devtools);
  const { default: puppeteer } = await import('puppeteer');
  const transport = await openTransport(address, advertised);
  const browser = await puppeteer.connect({
    transport: devtools ? transport : withoutSessionCommands(transport, session),
    protocol: devtools ? 'cdp' : 'webDriverBiDi',
    defaultViewport: null,
  });
  const attached = await attachedTo(browser, { hasDevtools: devtools });
  return { ...attached, version: capabilities.browserVersion ?? attached.version };
}

async function openTransport(address: GridAddress, advertised: string): Promise<ConnectionTransport> {
  const { authorization } = address;
  const webSocket = new WebSocket(socketUrl(address, advertised), {
    perMessageDeflate: false,
    maxPayload: LARGEST_MESSAGE_BYTES,
    ...(authorization !== undefined && { headers: { authorization } }),
  });
  await once(webSocket, 'open');
  return transportOver(webSocket);
}

/**
 * puppeteer begins with a session of its own and ends it: here there is one, whose beginning and end are WebDriver's,
 * and a second is refused ("session already exists").
 *
 * @see https://www.w3.org/TR/webdriver-bidi/#command-session-new
 */
function withoutSessionCommands(
  inner: ConnectionTransport,
  { sessionId, capabilities }: GrantedSession,
): ConnectionTransport {
  const answers: Record<string, unknown> = {
    'session.new': { sessionId, capabilities },
    'session.status': { ready: false, message: 'attached to a session of a Grid' },
    'session.end': {},
    'browser.close': {},
  };
  const outer: ConnectionTransport = {
    send(text) {
      const { id, method } = JSON.parse(text) as { id: number; method: string };
      const result = answers[method];
      if (result === undefined) return inner.send(text);
      setImmediate(() => outer.onmessage?.(JSON.stringify({ type: 'success', id, result })));
    },
    close: () => inner.close(),
  };
  inner.onmessage = (text) => outer.onmessage?.(text);
  inner.onclose = () => outer.onclose?.();
  return outer;
}

function noProtocol(
  { url }: GridAddress,
  { capabilities: { browserName } }: GrantedSession,
  devtools: boolean,
): BrowserError {
  const [what, hint] = devtools
    ? ['the DevTools protocol (se:cdp)', 'the network level shaped needs it: --network loopback does not']
    : ['WebDriver BiDi (webSocketUrl)', 'update the Grid and its drivers'];
  return new BrowserError(`the Grid at ${url} offers no ${what} for its ${browserName}`, {
    code: 'GRID_NO_PROTOCOL',
    hint,
    details: { phase: 'launch', grid: url },
  });
}
