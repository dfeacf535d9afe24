import type { AttachedBrowser } from '../browser/attached-browser.ts';
import { BrowserError, CallrigError, toError } from '../errors.ts';
import { withDeadline } from '../lifecycle/deadline.ts';
import { attachSession } from './attach-session.ts';
import type { Capabilities, GridClient, Loss } from './grid-client.ts';
import { nodeOf } from './status.ts';

/** Over a Grid that is far away and busy. */
const ATTACH_MS = 60_000;
/** A Grid's own, when it does not say. */
const USUAL_IDLE_MS = 300_000;

export interface OpenSessionOptions {
  client: GridClient;
  capabilities: Capabilities;
  /** Over DevTools instead of WebDriver BiDi. */
  devtools: boolean;
  signal: AbortSignal;
  /** Told as soon as there is something to end. */
  onOpened: (id: string) => void;
}

/**
 * One browser of a Grid, with a driver attached to it.
 *
 * A Grid takes a session without commands for forgotten, whatever goes on in its pages and on its sockets: a third of
 * that time after each answer it gets a command without effect.
 */
export class GridSession {
  readonly id: string;
  readonly attached: AttachedBrowser;
  /** Where it runs; `undefined` when the Grid does not tell. */
  readonly node: string | undefined;
  /** Resolves with how, when it is lost while nobody has ended it. */
  readonly lost: Promise<Loss>;
  #client: GridClient;
  #timer: NodeJS.Timeout | undefined;
  #onLost: (loss: Loss) => void = () => {};
  #loss: Loss | undefined;
  #closing: Promise<string | undefined> | undefined;

  private constructor(
    client: GridClient,
    {
      id,
      attached,
      node,
      idleMs,
    }: { id: string; attached: AttachedBrowser; node: string | undefined; idleMs: number },
  ) {
    this.#client = client;
    this.id = id;
    this.attached = attached;
    this.node = node;
    this.lost = new Promise((resolve) => (this.#onLost = resolve));
    this.#timer = setInterval(() => void this.probe().catch(() => {}), idleMs / 3);
    this.#timer.unref();
  }

  /**
   * @throws BrowserError or NetworkError when the Grid gives no session or no driver can attach to it. Nothing is left
   * open then.
   */
  static async open({
    client,
    capabilities,
    devtools,
    signal,
    onOpened,
  }: OpenSessionOptions): Promise<GridSession> {
    const session = await client.open(capabilities, signal);
    const { sessionId: id } = session;
    onOpened(id);
    try {
      const [attached, node] = await Promise.all([
        withDeadline(attachSession({ address: client.address, session, devtools }), {
          timeoutMs: ATTACH_MS,
          what: "the Grid's browser to answer puppeteer",
          signal,
        }),
        client.status(signal).then((status) => nodeOf(status, id)),
      ]);
      const { uri, sessionTimeoutMs: idleMs = USUAL_IDLE_MS } = node ?? {};
      return new GridSession(client, { id, attached, node: uri, idleMs });
    } catch (cause) {
      await client.close(id);
      signal.throwIfAborted();
      if (cause instanceof CallrigError) throw cause;
      const message = `a browser of the Grid cannot be attached to: ${toError(cause).message}`;
      throw new BrowserError(message, {
        code: 'BROWSER_NOT_ATTACHED',
        hint: 'its WebSocket goes through the same address as --grid: does all in between let it pass?',
        details: { phase: 'launch', grid: client.address.url },
        cause,
      });
    }
  }

  /** As far as known by now. */
  get isLost(): boolean {
    return this.#loss !== undefined;
  }

  /**
   * Asks the Grid whether it is still there.
   *
   * @returns how it was lost, if it was
   * @throws NetworkError when the Grid does not answer
   */
  async probe(): Promise<Loss | undefined> {
    if (this.#loss || this.#closing) return this.#loss;
    const loss = await this.#client.touch(this.id);
    // Ended meanwhile, or another probe was faster.
    if (!loss || this.#closing || this.#loss) return this.#loss;
    this.#loss = loss;
    clearInterval(this.#timer);
    this.#onLost(loss);
    return loss;
  }

  /** Gives the slot back. Idempotent. @returns why that could not be done, if so */
  close(): Promise<string | undefined> {
    clearInterval(this.#timer);
    return (this.#closing ??= this.#end());
  }

  async #end(): Promise<string | undefined> {
    const failure = await this.#client.close(this.id);
    await this.attached.detach().catch(() => {});
    // A node that is gone has nothing to give back.
    return this.#loss ? undefined : failure;
  }
}
