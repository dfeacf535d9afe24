import type { Socket } from 'node:net';
import type { ConsoleEntry } from '../call-record.ts';
import type { Automation } from '../peer/host.ts';
import type { Link } from '../topology/topology.ts';

/** What a driver tells about a page, beside what the page's own agent says. */
export interface PageListeners {
  onConsole: (entry: ConsoleEntry) => void;
  /** The page crashed or was closed by somebody else. */
  onGone: (reason: string) => void;
}

/** What a page is apart from others by. */
export interface PageOptions {
  /** A tab in the browser's own context, which is cheaper. Default: a context that shares no cookies, storage or permissions. */
  asTab?: boolean;
  /** The tab may lie behind others, where the browser goes on with it as it is: Chromium over DevTools. Default: each is seen. */
  unseen?: boolean | undefined;
}

/** One URL that is open. */
export interface OpenPage {
  /** The driver's own handle, for scripts that drive an application's page themselves. */
  automation: Automation;
  /** Has the page's script seat another agent in the page, which connects there: a WebSocket URL. */
  seat(control: string): Promise<void>;
  /** Loads another URL in the same tab. */
  goTo(url: string): Promise<void>;
  /** Impairs what the page's connections send and receive, where the browser can: Chromium, see impair-devtools.ts. */
  impair?: (link: Link) => Promise<void>;
  close(): Promise<void>;
}

/** All that a driver can do: open a URL in a running browser, and let go of it again. */
export interface AttachedBrowser {
  /** The browser's own version: `156.0.8078.79`. */
  readonly version: string;
  openPage(url: string, listeners: PageListeners, options?: PageOptions): Promise<OpenPage>;
  /** Ends the automation session; the process is not the driver's. */
  detach(): Promise<void>;
}

export interface AttachOptions {
  /** WebSocket URL of DevTools (Chromium) or WebDriver BiDi (Firefox). */
  endpoint: string;
  kind: 'chromium' | 'firefox';
  acceptInsecureCerts: boolean;
  /** Connects to the endpoint's port when it is not on this machine's own network. */
  dial?: ((port: number) => Promise<Socket>) | undefined;
}

/** `Chrome/156.0.1` and `firefox/153.7.0` → the version alone. */
export function versionOf(product: string): string {
  return product.slice(product.lastIndexOf('/') + 1);
}

/** puppeteer says `warn` and `assert`, playwright `warning`; what neither knows here is `debug`. */
const LEVELS: Record<string, ConsoleEntry['level']> = {
  error: 'error',
  assert: 'error',
  warn: 'warning',
  warning: 'warning',
  info: 'info',
  log: 'info',
};

/** A console message as a driver tells it. */
export function consoleEntry(type: string, text: string): ConsoleEntry {
  return { t: Date.now(), level: LEVELS[type] ?? 'debug', source: 'console', text };
}
