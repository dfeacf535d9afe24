/** Where a Grid is, and what lets us in. */
export interface GridAddress {
  /** Without credentials, and without a slash at its end: `http://hub:4444`, also with a path before the Grid's own. */
  url: string;
  /** Value of the `Authorization` header: not for plans, logs, messages or reports. */
  authorization?: string;
}

/** Hosts that are this machine whoever asks. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

/**
 * Where a session's socket is reached. A Grid advertises what its nodes call it, which is often an address inside its
 * own network: the path is the Grid's, the rest is ours.
 */
export function socketUrl({ url }: GridAddress, advertised: string): string {
  const grid = new URL(url);
  const { pathname, search } = new URL(advertised);
  const base = grid.pathname.replace(/\/$/, '');
  const path = pathname.startsWith(`${base}/`) ? pathname : `${base}${pathname}`;
  return `${grid.protocol === 'https:' ? 'wss' : 'ws'}://${grid.host}${path}${search}`;
}
