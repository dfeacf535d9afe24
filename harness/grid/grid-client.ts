import { z } from 'zod';
import { BrowserError, NetworkError, toError } from '../errors.ts';
import type { GridAddress } from './address.ts';
import { parseGridStatus, type GridStatus } from './status.ts';

/** A Grid asks its nodes before it answers, and both may be busy. */
const COMMAND_MS = 15_000;
/** As long as Grids keep a request in their queue unless told otherwise (`session-request-timeout`). */
const SESSION_MS = 300_000;

const Session = z.object({
  sessionId: z.string(),
  capabilities: z.looseObject({
    browserName: z.string(),
    browserVersion: z.string().optional(),
    webSocketUrl: z.string().optional(),
    'se:cdp': z.string().optional(),
  }),
});

/** A session as the Grid opened it. */
export type GrantedSession = z.infer<typeof Session>;

/** What a WebDriver endpoint says instead of a result (WebDriver §6.6). */
const Refusal = z.object({ error: z.string(), message: z.string().catch('') });

/** How a session was lost. */
export interface Loss {
  why: 'the Grid knows its session no more' | 'its node does not answer';
  /** In the Grid's own words. */
  said: string;
}

export type Capabilities = Record<string, unknown>;

interface CommandOptions {
  body?: unknown;
  timeoutMs?: number;
  signal?: AbortSignal;
}

interface Answer {
  status: number;
  value: unknown;
}

/**
 * The few WebDriver commands that take and give back a Grid's browsers; each with a deadline.
 *
 * @see https://www.w3.org/TR/webdriver2/#endpoints
 */
export class GridClient {
  readonly address: GridAddress;

  constructor(address: GridAddress) {
    this.address = address;
  }

  /** @throws NetworkError when nobody answers, when we are not let in, or when what answers is no Grid */
  async status(signal?: AbortSignal): Promise<GridStatus> {
    const { status, value } = await this.#ask('GET', '/status', { ...(signal && { signal }) });
    const parsed = parseGridStatus(value);
    if (parsed) return parsed;
    const { url } = this.address;
    if (status === 401 || status === 403) {
      throw new NetworkError(`the Grid at ${url} wants a user and a password (status ${status})`, {
        code: 'GRID_UNAUTHORIZED',
        hint: 'set CALLRIG_GRID_USER and CALLRIG_GRID_PASSWORD',
      });
    }
    throw new NetworkError(`what answers at ${url}/status is no Selenium Grid (status ${status})`, {
      code: 'GRID_UNREACHABLE',
      hint: 'give the URL of the hub or router, without /wd/hub',
    });
  }

  /**
   * Waits as long as the Grid keeps the request in its queue.
   *
   * @throws BrowserError when it gives no session, NetworkError when it does not answer
   */
  async open(capabilities: Capabilities, signal: AbortSignal): Promise<GrantedSession> {
    const body = { capabilities: { alwaysMatch: capabilities } };
    const { status, value } = await this.#ask('POST', '/session', { body, timeoutMs: SESSION_MS, signal });
    const granted = Session.safeParse(value);
    if (granted.success) return granted.data;
    throw this.#refused(status, value);
  }

  /**
   * A command without effect: keeps a session from being idle.
   *
   * @returns how the session was lost, if it was
   * @throws NetworkError when the Grid does not answer: then nobody knows
   */
  async touch(session: string): Promise<Loss | undefined> {
    const { status, value } = await this.#ask('GET', `/session/${session}/timeouts`);
    const refusal = Refusal.safeParse(value).data;
    const said = firstLine(refusal?.message) || `status ${status}`;
    if (refusal?.error === 'invalid session id') return { why: 'the Grid knows its session no more', said };
    // A driver that knows no such command was reached nevertheless.
    return status < 500 ? undefined : { why: 'its node does not answer', said };
  }

  /** @returns why the session could not be ended; one that is gone already is ended */
  async close(session: string): Promise<string | undefined> {
    try {
      const { status, value } = await this.#ask('DELETE', `/session/${session}`);
      const refusal = Refusal.safeParse(value).data;
      if (refusal?.error === 'invalid session id' || status < 400) return undefined;
      return firstLine(refusal?.message) || `status ${status}`;
    } catch (error) {
      return toError(error).message;
    }
  }

  async #ask(
    method: string,
    path: string,
    { body, timeoutMs = COMMAND_MS, signal }: CommandOptions = {},
  ): Promise<Answer> {
    const { url, authorization } = this.address;
    const late = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          // Grids refuse others (their CheckContentTypeHeader).
          'content-type': 'application/json; charset=utf-8',
          ...(authorization !== undefined && { authorization }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, late]) : late,
      });
      return { status: response.status, value: valueIn(await response.text()) };
    } catch (cause) {
      signal?.throwIfAborted();
      throw this.#unreachable(`${method} ${path}`, cause, late.aborted ? timeoutMs : undefined);
    }
  }

  #unreachable(what: string, cause: unknown, timeoutMs: number | undefined): NetworkError {
    const { url } = this.address;
    const { message, cause: inner } = toError(cause);
    const why =
      timeoutMs === undefined ? reasonOf(inner) || message : `no answer within ${timeoutMs / 1000} s`;
    return new NetworkError(`the Grid at ${url} cannot be reached: ${what}: ${why}`, {
      code: 'GRID_UNREACHABLE',
      hint: 'is it up, and is this its address? --grid takes the URL of the hub, like http://hub:4444',
      details: { phase: 'launch', grid: url },
      cause,
    });
  }

  #refused(status: number, value: unknown): BrowserError {
    const refusal = Refusal.safeParse(value).data;
    const why = refusal
      ? `${refusal.error}: ${firstLine(refusal.message)}`
      : `an answer that is no session (status ${status})`;
    const { url } = this.address;
    return new BrowserError(`the Grid at ${url} gave no browser: ${why}`, {
      code: 'GRID_NO_SESSION',
      ...hintFor(why),
      details: { phase: 'launch', grid: url, status, ...(refusal && { error: refusal.error }) },
    });
  }
}

/** What is behind a few of the Grid's sentences. */
function hintFor(why: string): { hint?: string } {
  if (/timed out|timeout/i.test(why))
    return {
      hint: "no slot was free in time: more nodes, or a longer --session-request-timeout of the Grid's",
    };
  if (/failed to start|DevToolsActivePort|cannot connect to chrome|unable to connect to renderer/i.test(why))
    return { hint: 'a node that runs as root needs --no-sandbox in the stereotype of its Chrome' };
  if (/only supports (Chrome|Chromium|Edge) version/i.test(why))
    return { hint: 'a chromedriver drives only its own major version: install the matching one on the node' };
  return {};
}

/** `connect ECONNREFUSED 127.0.0.1:4444`; of several addresses that were tried, what each came to. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError)
    return thrown.errors.map((error: unknown) => toError(error).message).join(', ');
  return thrown instanceof Error ? thrown.message : '';
}

/** Messages of Java programs go on with the build, the system and a stack. */
function firstLine(message = ''): string {
  return message.split('\n', 1)[0]?.trim() ?? '';
}

/** What is not JSON with a `value` is nothing a Grid says. */
function valueIn(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'value' in parsed ? parsed.value : undefined;
  } catch {
    return undefined;
  }
}
