// Runs in a peer's page, by `evaluate()`: it sees nothing but its argument.

/** What a page that is loaded from an origin finds there. */
export interface SeenOrigin {
  origin: string;
  isSecure: boolean;
  hasMediaDevices: boolean;
}

/**
 * Loads the server's page `/origin` in a frame, under another name of the same machine over plain HTTP, or with `host`
 * empty from where this page is from. `null` if nothing is there.
 */
export function lookAtOrigin({ host }: { host: string }): Promise<SeenOrigin | null> {
  const frame = document.createElement('iframe');
  let resolve = (_: SeenOrigin | null): void => {};
  const seen = new Promise<SeenOrigin | null>((settle) => (resolve = settle));
  const told = new AbortController();
  addEventListener(
    'message',
    ({ source, data }) => {
      if (source === frame.contentWindow) resolve(data as SeenOrigin);
    },
    { signal: told.signal },
  );
  const timer = setTimeout(() => resolve(null), 10_000);
  frame.src = host ? `http://${host}:${location.port}/origin` : '/origin';
  document.body.append(frame);
  return seen.finally(() => {
    clearTimeout(timer);
    told.abort();
    frame.remove();
  });
}
